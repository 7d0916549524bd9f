"""What a model says over each maker's interface, for ModelServer: one shell call, and after its output a message.

Sources: the public API references of Anthropic (Messages, streaming), OpenAI (Responses; Chat Completions, streaming)
and Google (Gemini generateContent).
"""

import json


class Dialect:
    """`stream(body, command, message, number)` yields what is written, as bytes; `whole` answers a value at once."""

    def __init__(self, stream, whole=None):
        self.stream, self.whole = stream, whole


def dialect(path):
    """Of the interface that is asked at this path."""
    path = path.split("?")[0]
    if path.endswith("/responses"):
        return Dialect(responses)
    if path.endswith("/messages"):
        return Dialect(messages, whole_message)
    if path.endswith("/chat/completions"):
        return Dialect(completions, whole_completion)
    if path.endswith(":streamGenerateContent"):
        return Dialect(contents)
    if path.endswith(":generateContent"):
        return Dialect(None, whole_content)
    return None


def event(value, name=None):
    return (f"event: {name}\n" if name else "").encode() + f"data: {json.dumps(value)}\n\n".encode()


# ---- OpenAI, Responses (Codex) -------------------------------------------------------------------------


def responses(body, command, message, number):
    items = body.get("input", [])
    last_prompt = max((i for i, item in enumerate(items) if item.get("role") == "user"), default=-1)
    answered = any(item.get("type") == "function_call_output" for item in items[last_prompt + 1 :])
    made = {"id": f"response-{number}", "object": "response", "status": "in_progress", "output": []}
    for one in response_events(body, command, message, number, answered, made):
        yield event(one, one["type"])


def response_events(body, command, message, number, answered, made):
    yield {"type": "response.created", "response": made}
    tool = None if answered else codex_shell(body.get("tools", []), command)
    if tool:
        name, arguments = tool
        item = {"type": "function_call", "id": f"item-{number}", "call_id": f"call-{number}", "name": name}
        item["arguments"] = json.dumps(arguments)
    else:
        content = [{"type": "output_text", "text": message, "annotations": []}]
        item = {"type": "message", "id": f"item-{number}", "role": "assistant", "status": "completed"}
        item["content"] = content
        yield {"type": "response.output_item.added", "output_index": 0, "item": {**item, "content": []}}
        place = {"item_id": item["id"], "output_index": 0, "content_index": 0}
        for word in message.split(" "):
            yield {"type": "response.output_text.delta", **place, "delta": word + " "}
    yield {"type": "response.output_item.done", "output_index": 0, "item": item}
    usage = {"input_tokens": 100, "output_tokens": 20, "total_tokens": 120}
    done = {**made, "status": "completed", "output": [item], "usage": usage}
    yield {"type": "response.completed", "response": done}


def codex_shell(tools, command):
    """The shell among the tools that the agent offers its model, and the arguments in its own form."""
    names = {tool.get("name") for tool in tools}
    for name, arguments in (
        ("exec_command", {"cmd": command}),
        ("shell_command", {"command": command}),
        ("shell", {"command": ["bash", "-lc", command]}),
        ("container.exec", {"command": ["bash", "-lc", command]}),
    ):
        if name in names:
            return name, arguments
    return None


# ---- Anthropic, Messages (Claude Code) -----------------------------------------------------------------


def block_of(body, command, message, number):
    """The one content block of the answer, and why it stops."""
    said = [m for m in body.get("messages", []) if m.get("role") == "user"]
    last = said[-1].get("content", []) if said else []
    answered = isinstance(last, list) and any(part.get("type") == "tool_result" for part in last)
    shell = any(tool.get("name") == "Bash" for tool in body.get("tools", []))
    if shell and not answered:
        call = {"command": command, "description": "Does what was asked"}
        return {"type": "tool_use", "id": f"toolu_{number}", "name": "Bash", "input": call}, "tool_use"
    return {"type": "text", "text": message}, "end_turn"


def whole_message(body, command, message, number):
    block, stop = block_of(body, command, message, number)
    usage = {"input_tokens": 100, "output_tokens": 20}
    head = {"id": f"msg_{number}", "type": "message", "role": "assistant", "model": body.get("model", "")}
    return {**head, "content": [block], "stop_reason": stop, "stop_sequence": None, "usage": usage}


def messages(body, command, message, number):
    whole = whole_message(body, command, message, number)
    (block,) = whole["content"]
    begun = {**whole, "content": [], "stop_reason": None}
    if block["type"] == "tool_use":
        written = json.dumps(block["input"])
        empty, deltas = {**block, "input": {}}, [{"type": "input_json_delta", "partial_json": written}]
    else:
        words = block["text"].split(" ")
        empty, deltas = {**block, "text": ""}, [{"type": "text_delta", "text": word + " "} for word in words]
    ending = {"stop_reason": whole["stop_reason"], "stop_sequence": None}
    for one in (
        {"type": "message_start", "message": begun},
        {"type": "content_block_start", "index": 0, "content_block": empty},
        *({"type": "content_block_delta", "index": 0, "delta": delta} for delta in deltas),
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": ending, "usage": {"output_tokens": 20}},
        {"type": "message_stop"},
    ):
        yield event(one, one["type"])


# ---- OpenAI, Chat Completions (OpenCode with a provider of one's own) ------------------------------------


def whole_completion(body, command, message, number):
    said = body.get("messages", [])
    last_prompt = max((i for i, one in enumerate(said) if one.get("role") == "user"), default=-1)
    answered = any(one.get("role") == "tool" for one in said[last_prompt + 1 :])
    shell = any(tool.get("function", {}).get("name") == "bash" for tool in body.get("tools") or [])
    if shell and not answered:
        arguments = json.dumps({"command": command, "description": "Does what was asked"})
        call = {"id": f"call-{number}", "type": "function", "function": {"name": "bash", "arguments": arguments}}
        answer, stop = {"role": "assistant", "content": None, "tool_calls": [call]}, "tool_calls"
    else:
        answer, stop = {"role": "assistant", "content": message}, "stop"
    choice = {"index": 0, "message": answer, "finish_reason": stop}
    usage = {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}
    head = {"id": f"chat-{number}", "object": "chat.completion", "created": 1, "model": body.get("model", "")}
    return {**head, "choices": [choice], "usage": usage}


def completions(body, command, message, number):
    whole = whole_completion(body, command, message, number)
    (choice,) = whole["choices"]
    head = {**whole, "object": "chat.completion.chunk"}
    answer = choice["message"]
    if "tool_calls" in answer:
        answer = {**answer, "tool_calls": [{"index": 0, **call} for call in answer["tool_calls"]]}
    yield event({**head, "usage": None, "choices": [{"index": 0, "delta": answer, "finish_reason": None}]})
    yield event({**head, "choices": [{"index": 0, "delta": {}, "finish_reason": choice["finish_reason"]}]})
    yield b"data: [DONE]\n\n"


# ---- Google, generateContent (Gemini) --------------------------------------------------------------------


def whole_content(body, command, message, _number):
    said = body.get("contents", [])
    last = said[-1].get("parts", []) if said else []
    answered = any("functionResponse" in part for part in last)
    declared = [one.get("name") for tool in body.get("tools", []) for one in tool.get("functionDeclarations", [])]
    schema = body.get("generationConfig", {}).get("responseJsonSchema")
    if schema:  # it asks for itself: which model is enough for the prompt
        kinds = {name: kind["type"] for name, kind in schema["properties"].items()}
        part = {"text": json.dumps({name: 10 if kind == "INTEGER" else "" for name, kind in kinds.items()})}
    elif "run_shell_command" in declared and not answered:
        call = {"command": command, "description": "Does what was asked"}
        part = {"functionCall": {"name": "run_shell_command", "args": call}}
    else:
        part = {"text": message}
    candidate = {"index": 0, "content": {"role": "model", "parts": [part]}, "finishReason": "STOP"}
    usage = {"promptTokenCount": 100, "candidatesTokenCount": 20, "totalTokenCount": 120}
    return {"candidates": [candidate], "usageMetadata": usage}


def contents(body, command, message, number):
    yield event(whole_content(body, command, message, number))
