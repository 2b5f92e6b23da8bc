// A chronicle that is also written as JSON lines, appended to a file that a collector reads. Lines are whole or, where
// the disk was full in the midst of one, cut off and ended; a file that was rotated away is begun anew.
#pragma once
#include "io/worker.h"
#include "store/chronicle.h"

#include <filesystem>
#include <memory>
#include <string>

namespace kedge {

class FiledChronicle final : public Chronicle {
public:
    // `file`: made where it is missing, readable by its owner only; its folder has to be there.
    FiledChronicle(std::unique_ptr<Chronicle> inner, std::filesystem::path file);
    ~FiledChronicle() override;

    Task<void> append(LedgerKey key, PassRecord record) override;
    Task<std::vector<PassRecord>> recent(LedgerKey key, std::string name, int most) override;
    Task<std::vector<PassRecord>> search(HistoryQuery query) override;
    std::string problem() const override;

private:
    std::string write(const std::string& lines); // why it could not; empty: it could
    bool open();
    void close();

    std::unique_ptr<Chronicle> inner_;
    std::filesystem::path file_;
    std::string problem_;
    int descriptor_ = -1; // the worker's
    bool torn_ = false;   // the last line has no end
    Worker worker_;
};

} // namespace kedge
