// One writer process for a data folder. Held by the kernel (flock), so it ends with the process, however
// that dies; the file's text (the pid) only serves the message.
#pragma once

#include <foundry/Failure.h>

#include <QString>

#include <memory>

namespace foundry {

class DataFolderLock {
public:
    static constexpr const char *fileName = "lock";
    // Creates the folder if need be (0700). Fails: Program::alreadyRunning (with the pid of the holder),
    // Program::dataFolder (cannot be made or written).
    static Result<std::unique_ptr<DataFolderLock>> take(const QString &folder);
    ~DataFolderLock();
    Q_DISABLE_COPY_MOVE(DataFolderLock)

private:
    explicit DataFolderLock(int descriptor)
        : m_descriptor(descriptor)
    {
    }
    int m_descriptor;
};

} // namespace foundry
