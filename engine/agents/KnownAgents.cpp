#include "KnownAgents.h"

#include <QSysInfo>

namespace foundry {

namespace {

using Entry = AgentCatalogue::Entry;

QString npmArchitecture()
{
    return QSysInfo::currentCpuArchitecture() == u"arm64" ? u"arm64"_s : u"x64"_s;
}

// Codex has a sandbox of its own, which cannot work inside ours: danger-full-access switches it off.
Entry codex()
{
    Entry agent;
    agent.name = u"codex"_s;
    agent.title = u"Codex"_s;
    agent.command = u"codex-acp"_s;
    agent.arguments = { u"-c"_s, u"sandbox_mode=\"danger-full-access\""_s };
    agent.freeArguments = { u"-c"_s, u"approval_policy=\"never\""_s };
    agent.askArguments = { u"-c"_s, u"approval_policy=\"untrusted\""_s };
    agent.environment = { { u"NO_BROWSER"_s, u"1"_s } };
    agent.passed = { u"OPENAI_API_KEY"_s, u"CODEX_API_KEY"_s, u"OPENAI_BASE_URL"_s };
    agent.keys = { u"CODEX_API_KEY"_s, u"OPENAI_API_KEY"_s };
    agent.addresses = { u"OPENAI_BASE_URL"_s };
    agent.files = { u".codex/auth.json"_s, u".codex/config.toml"_s };
    agent.logins = { u".codex/auth.json"_s };
    agent.rotating = agent.logins;
    agent.homeVariable = u"CODEX_HOME"_s;
    agent.innerSandbox = InnerSandbox::switchedOff;
    agent.login = { u"codex"_s, u"login"_s };
    agent.pins = { { u"@zed-industries/codex-acp"_s, u"0.16.0"_s, 0, u"codex-acp"_s } };
    agent.hosts = { u"api.openai.com"_s, u"chatgpt.com"_s, u"auth.openai.com"_s };
    agent.freeModes = { u"full-access"_s, u"agent-full-access"_s };
    agent.signInMethods = { { u"CODEX_API_KEY"_s, { u"codex-api-key"_s, u"api-key"_s } },
                            { u"OPENAI_API_KEY"_s, { u"openai-api-key"_s, u"api-key"_s } } };
    agent.nativeProgram = u"@zed-industries/codex-acp-linux-%1/bin/codex-acp"_s.arg(npmArchitecture());
    agent.remedy = u"npm install -g @zed-industries/codex-acp"_s;
    agent.signInRemedy = u"codex login"_s;
    return agent;
}

Entry claude()
{
    Entry agent;
    agent.name = u"claude"_s;
    agent.title = u"Claude Code"_s;
    agent.command = u"claude-agent-acp"_s;
    agent.environment
        = { { u"DISABLE_AUTOUPDATER"_s, u"1"_s }, { u"CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC"_s, u"1"_s } };
    agent.rootEnvironment = { { u"IS_SANDBOX"_s, u"1"_s } };
    agent.passed = { u"ANTHROPIC_API_KEY"_s, u"ANTHROPIC_AUTH_TOKEN"_s, u"CLAUDE_CODE_OAUTH_TOKEN"_s,
                     u"ANTHROPIC_BASE_URL"_s, u"ANTHROPIC_MODEL"_s };
    agent.keys = { u"ANTHROPIC_API_KEY"_s, u"ANTHROPIC_AUTH_TOKEN"_s, u"CLAUDE_CODE_OAUTH_TOKEN"_s };
    agent.addresses = { u"ANTHROPIC_BASE_URL"_s };
    agent.files = { u".claude/.credentials.json"_s };
    agent.logins = agent.files;
    agent.rotating = agent.files;
    agent.homeVariable = u"CLAUDE_CONFIG_DIR"_s;
    agent.innerSandbox = InnerSandbox::switchedOff;
    agent.login = { u"claude"_s, u"setup-token"_s };
    agent.pins = { { u"@agentclientprotocol/claude-agent-acp"_s, u"0.100.0"_s, 22, u"claude-agent-acp"_s },
                   { u"@agentclientprotocol/claude-agent-acp"_s, u"0.49.0"_s, 20, u"claude-agent-acp"_s } };
    agent.hosts = { u"api.anthropic.com"_s };
    agent.freeModes = { u"bypassPermissions"_s };
    agent.askModes = { u"default"_s };
    agent.remedy = u"npm install -g @agentclientprotocol/claude-agent-acp"_s;
    agent.signInRemedy = u"claude setup-token"_s;
    return agent;
}

Entry opencode()
{
    Entry agent;
    agent.name = u"opencode"_s;
    agent.title = u"OpenCode"_s;
    agent.command = u"opencode"_s;
    agent.arguments = { u"acp"_s };
    agent.environment = { { u"OPENCODE_DISABLE_AUTOUPDATE"_s, u"1"_s } };
    agent.freeEnvironment
        = { { u"OPENCODE_PERMISSION"_s, uR"({"edit":"allow","bash":"allow","webfetch":"allow"})"_s } };
    agent.askEnvironment = { { u"OPENCODE_PERMISSION"_s, uR"({"edit":"ask","bash":"ask","webfetch":"ask"})"_s } };
    agent.passed = { u"ANTHROPIC_API_KEY"_s, u"OPENAI_API_KEY"_s, u"OPENROUTER_API_KEY"_s, u"GEMINI_API_KEY"_s };
    agent.keys = agent.passed;
    agent.files = { u".local/share/opencode/auth.json"_s, u".config/opencode/opencode.json"_s,
                    u".config/opencode/opencode.jsonc"_s };
    agent.logins = agent.files;
    agent.hosts = { u"opencode.ai"_s,
                    u"models.opencode.ai"_s,
                    u"models.dev"_s,
                    u"api.anthropic.com"_s,
                    u"api.openai.com"_s,
                    u"openrouter.ai"_s,
                    u"generativelanguage.googleapis.com"_s };
    agent.nativeProgram = u"opencode-linux-%1/bin/opencode"_s.arg(npmArchitecture());
    agent.login = { u"opencode"_s, u"auth"_s, u"login"_s };
    agent.pins = { { u"opencode-ai"_s, u"1.18.33"_s, 0, u"opencode"_s } };
    agent.remedy = u"npm install -g opencode-ai"_s;
    agent.signInRemedy = u"opencode auth login"_s;
    return agent;
}

Entry gemini()
{
    Entry agent;
    agent.name = u"gemini"_s;
    agent.title = u"Gemini"_s;
    agent.command = u"gemini"_s;
    agent.arguments = { u"--experimental-acp"_s };
    agent.environment = { { u"GEMINI_SANDBOX"_s, u"false"_s }, { u"NO_BROWSER"_s, u"1"_s } };
    agent.passed = { u"GEMINI_API_KEY"_s, u"GOOGLE_API_KEY"_s, u"GOOGLE_GEMINI_BASE_URL"_s, u"GOOGLE_CLOUD_PROJECT"_s };
    agent.keys = { u"GEMINI_API_KEY"_s, u"GOOGLE_API_KEY"_s };
    agent.addresses = { u"GOOGLE_GEMINI_BASE_URL"_s };
    agent.files = { u".gemini/oauth_creds.json"_s, u".gemini/settings.json"_s, u".gemini/google_accounts.json"_s };
    agent.logins = { u".gemini/oauth_creds.json"_s };
    agent.hosts
        = { u"generativelanguage.googleapis.com"_s, u"cloudcode-pa.googleapis.com"_s, u"oauth2.googleapis.com"_s };
    agent.quietHosts = { u"play.googleapis.com"_s };
    agent.freeModes = { u"yolo"_s };
    agent.askModes = { u"default"_s };
    agent.signInMethods = { { u"GEMINI_API_KEY"_s, { u"gemini-api-key"_s } },
                            { u".gemini/oauth_creds.json"_s, { u"oauth-personal"_s } } };
    agent.innerSandbox = InnerSandbox::switchedOff;
    agent.pins = { { u"@google/gemini-cli"_s, u"0.61.0"_s, 20, u"gemini"_s } };
    agent.remedy = u"npm install -g @google/gemini-cli"_s;
    agent.signInRemedy = u"gemini"_s;
    return agent;
}

Entry demonstrationAgent(const QString &program)
{
    Entry agent;
    agent.name = u"demonstration"_s;
    agent.title = u"Demonstration agent"_s;
    agent.command = program;
    agent.freeModes = { u"free"_s };
    agent.askModes = { u"ask"_s };
    agent.remedy = u"foundry-demo-agent"_s;
    agent.demonstration = true;
    agent.anyLogin = false;
    return agent;
}

} // namespace

std::vector<Entry> knownAgents(const QString &demonstration)
{
    return { codex(), claude(), opencode(), gemini(), demonstrationAgent(demonstration) };
}

} // namespace foundry
