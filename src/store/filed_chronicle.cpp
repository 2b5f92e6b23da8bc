#include "store/filed_chronicle.h"

#include "model/pass_lines.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace kedge {

namespace {

bool is_same_file(const struct stat& a, const struct stat& b) {
    return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

bool ends_without_newline(const std::filesystem::path& file) {
    const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (descriptor < 0) return false;
    char last = '\n';
    struct stat there {};
    if (::fstat(descriptor, &there) == 0 && S_ISREG(there.st_mode) && there.st_size > 0)
        static_cast<void>(::pread(descriptor, &last, 1, there.st_size - 1));
    ::close(descriptor);
    return last != '\n';
}

} // namespace

FiledChronicle::FiledChronicle(std::unique_ptr<Chronicle> inner, std::filesystem::path file)
    : inner_(std::move(inner)), file_(std::move(file)) {
    problem_ = write({}); // at the start, where somebody looks: not with the first change, at night
}

FiledChronicle::~FiledChronicle() {
    close();
}

void FiledChronicle::close() {
    if (descriptor_ >= 0) ::close(descriptor_);
    descriptor_ = -1;
}

// The file that has the name now: logrotate renames the one that was open.
bool FiledChronicle::open() {
    struct stat named {};
    struct stat held {};
    const bool is_named = ::stat(file_.c_str(), &named) == 0;
    if (descriptor_ >= 0 && is_named && ::fstat(descriptor_, &held) == 0 && is_same_file(named, held)) return true;
    close();
    // A pipe that nobody reads must not stop a pass.
    descriptor_ = ::open(file_.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0600);
    torn_ = descriptor_ >= 0 && ends_without_newline(file_);
    return descriptor_ >= 0;
}

std::string FiledChronicle::write(const std::string& lines) {
    const auto failed = [this](const char* attempt) {
        return "history file \"" + file_.string() + "\": cannot " + attempt + ": " + std::strerror(errno) +
               "; passes go on, what they did is missing there";
    };
    if (!open()) return failed("open");
    const std::string text = torn_ && !lines.empty() ? "\n" + lines : lines;
    std::string_view left = text;
    while (!left.empty()) {
        const auto count = ::write(descriptor_, left.data(), left.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) {
            auto why = failed("write");
            torn_ = torn_ || left.size() != text.size();
            return why;
        }
        left.remove_prefix(static_cast<std::size_t>(count));
    }
    if (!lines.empty()) torn_ = false;
    return {};
}

Task<void> FiledChronicle::append(LedgerKey key, PassRecord record) {
    record.installation = key.installation;
    record.unit = key.unit;
    auto work = [this, lines = pass_lines(record)] { return write(lines); };
    problem_ = co_await worker_.run(std::move(work));
    co_await inner_->append(std::move(key), std::move(record));
}

Task<std::vector<PassRecord>> FiledChronicle::recent(LedgerKey key, std::string name, int most) {
    return inner_->recent(std::move(key), std::move(name), most);
}

Task<std::vector<PassRecord>> FiledChronicle::search(HistoryQuery query) {
    return inner_->search(std::move(query));
}

std::string FiledChronicle::problem() const {
    const auto inner = inner_->problem();
    return inner.empty() || problem_.empty() ? inner + problem_ : inner + "; " + problem_;
}

} // namespace kedge
