#include "io/secret_store.h"

#include "base/digest.h"
#include "base/failure.h"
#include "base/glob.h"
#include "io/descriptor.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <fcntl.h>
#include <filesystem>
#include <string_view>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace kedge {

namespace {

constexpr std::size_t most_bytes = 64 * 1024;

std::string attempt(const std::string& scheme, const std::string& name) {
    return "secret: read \"${" + scheme + ":" + name + "}\": ";
}

[[noreturn]] void refuse(const std::string& scheme, const std::string& name, const std::string& cause) {
    throw Failure(NextAction::wait_for_change, attempt(scheme, name) + cause);
}

std::string normal(const std::string& path) {
    return std::filesystem::path(path).lexically_normal().string();
}

bool is_absolute(std::string_view path) {
    return path.starts_with('/') && path.find('\0') == std::string_view::npos;
}

// SECRET/KEY, both not empty.
bool names_a_key(std::string_view name) {
    const auto slash = name.find('/');
    return slash != std::string_view::npos && slash > 0 && slash + 1 < name.size() &&
           name.find('/', slash + 1) == std::string_view::npos;
}

bool any_matches(const std::vector<std::string>& allowed, std::string_view scheme, std::string_view name) {
    return std::any_of(allowed.begin(), allowed.end(), [&](std::string_view entry) {
        return entry.starts_with(scheme) && entry.substr(scheme.size()).starts_with(':') &&
               glob_match(entry.substr(scheme.size() + 1), name);
    });
}

// Kubernetes mounts a secret as name -> ..data/name, ..data -> ..2026_11_21_07_00/. Only the kubelet makes such
// folders; without them the path is the one that was meant.
std::string without_data_folders(const std::string& path) {
    std::filesystem::path kept;
    for (const auto& part : std::filesystem::path(path)) {
        const std::string text = part.string();
        if (!(text.starts_with("..") && text.size() > 2)) kept /= part;
    }
    return kept.string();
}

// Where the open file really lies, after all symlinks.
std::string real_path(int descriptor) {
    const std::string link = "/proc/self/fd/" + std::to_string(descriptor);
    std::array<char, PATH_MAX> target{};
    const auto length = ::readlink(link.c_str(), target.data(), target.size());
    return length <= 0 ? std::string() : std::string(target.data(), static_cast<std::size_t>(length));
}

std::string because(int error) {
    return std::system_category().message(error);
}

std::string read_all(int descriptor, const std::string& name) {
    std::string text(most_bytes + 1, '\0');
    std::size_t size = 0;
    while (size < text.size()) {
        const auto count = ::read(descriptor, text.data() + size, text.size() - size);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) refuse("file", name, because(errno));
        if (count == 0) break;
        size += static_cast<std::size_t>(count);
    }
    text.resize(size);
    return text;
}

} // namespace

SecretStore::SecretStore(std::vector<std::string> allowed, std::map<std::string, std::string> environment, Secret key,
                         std::shared_ptr<ReadAheadSecrets> cluster)
    : allowed_(std::move(allowed)), environment_(std::move(environment)), key_(std::move(key)),
      cluster_(std::move(cluster)) {
    for (std::string& entry : allowed_) {
        const std::string_view view = entry;
        const bool file = view.starts_with("file:") && is_absolute(view.substr(5));
        const bool variable = view.starts_with("env:") && view.size() > 4;
        const bool secret = view.starts_with("k8s:") && names_a_key(view.substr(4));
        if (!file && !variable && !secret) {
            throw Failure(NextAction::stop,
                          "secrets: allow \"" + entry +
                              "\": not a place; write env:NAME, file:/absolute/path or k8s:SECRET/KEY");
        }
        if (file) entry = "file:" + normal(entry.substr(5));
    }
}

SecretStore SecretStore::blind() {
    SecretStore store({}, {}, Secret());
    store.blind_ = true;
    return store;
}

bool SecretStore::allows(const std::string& scheme, const std::string& name) const {
    if (scheme == "env") return name.find('/') == std::string::npos && any_matches(allowed_, scheme, name);
    if (scheme == "k8s") return names_a_key(name) && any_matches(allowed_, scheme, name);
    return scheme == "file" && is_absolute(name) && any_matches(allowed_, scheme, normal(name));
}

Secret SecretStore::value(const std::string& scheme, const std::string& name) const {
    if (blind_) throw Failure(NextAction::stop, attempt(scheme, name) + "no secret is read here");
    if (scheme != "env" && scheme != "file" && scheme != "k8s")
        refuse(scheme, name, "there are only env, file and k8s");
    if (scheme == "file" && !is_absolute(name)) refuse(scheme, name, "a path must be absolute");
    if (!allows(scheme, name))
        refuse(scheme, name, "not allowed; add \"" + scheme + ":" + name + "\" to the unit's list of secrets");
    if (scheme == "file") return file_value(name);
    if (scheme == "k8s") return cluster_value(name);
    const auto found = environment_.find(name);
    if (found == environment_.end()) refuse(scheme, name, "the variable is not set");
    if (found->second.empty()) refuse(scheme, name, "the variable is empty");
    return Secret(found->second);
}

Task<void> SecretStore::read_ahead(std::vector<std::string> references) const {
    std::vector<std::string> names;
    for (const auto& reference : references) {
        if (reference.starts_with("k8s:") && allows("k8s", reference.substr(4))) names.push_back(reference.substr(4));
    }
    if (!blind_ && cluster_ && !names.empty()) co_await cluster_->read(std::move(names));
}

Secret SecretStore::cluster_value(const std::string& name) const {
    if (!cluster_) refuse("k8s", name, "no Secret of a cluster is read here");
    auto found = cluster_->get(name);
    if (!found.problem.empty()) refuse("k8s", name, found.problem);
    auto text = found.value.reveal();
    if (text.size() > most_bytes) refuse("k8s", name, "larger than 64 KiB");
    if (text.ends_with('\n')) text.pop_back();
    if (text.empty()) refuse("k8s", name, "the key is empty");
    return Secret(std::move(text));
}

std::string SecretStore::problem(const std::string& scheme, const std::string& name) const {
    if (blind_) return {};
    try {
        static_cast<void>(value(scheme, name));
        return {};
    } catch (const Failure& failure) {
        return std::string(failure.what()).substr(attempt(scheme, name).size());
    }
}

// The file is opened without effect first, judged where it really lies, and read through the same descriptor: nobody
// can move a link in between.
Secret SecretStore::file_value(const std::string& name) const {
    const std::string path = normal(name);
    const Descriptor place(::open(path.c_str(), O_PATH | O_CLOEXEC));
    if (place.get() < 0) refuse("file", name, because(errno));
    struct stat about {};
    if (::fstat(place.get(), &about) != 0 || !S_ISREG(about.st_mode)) refuse("file", name, "not a regular file");
    const std::string real = real_path(place.get());
    if (!any_matches(allowed_, "file", real) && !any_matches(allowed_, "file", without_data_folders(real)))
        refuse("file", name, "a symlink leads to a place that is not allowed");
    const std::string again = "/proc/self/fd/" + std::to_string(place.get());
    const Descriptor file(::open(again.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.get() < 0) refuse("file", name, because(errno));
    std::string text = read_all(file.get(), name);
    if (text.size() > most_bytes) refuse("file", name, "larger than 64 KiB");
    if (text.ends_with('\n')) text.pop_back();
    if (text.empty()) refuse("file", name, "the file is empty");
    return Secret(std::move(text));
}

std::optional<std::string> SecretStore::fingerprint(const std::string& scheme, const std::string& name) const {
    if (blind_ || key_.empty()) return std::nullopt;
    try {
        // Only the value counts: the same value under another name is no rotation.
        return hmac_sha256(key_.reveal(), "kedge secret fingerprint 1:" + value(scheme, name).reveal()).hex();
    } catch (const Failure&) {
        return std::nullopt;
    }
}

} // namespace kedge
