// Certificates made for one test run: an authority and what it signs, as PEM files in a folder.
#pragma once
#include <filesystem>
#include <string>

namespace kedge {

class TemporaryFolder final {
public:
    TemporaryFolder();
    ~TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    const std::filesystem::path& path() const { return path_; }
    std::string write(const std::string& name, const std::string& text) const; // gives the path

private:
    std::filesystem::path path_;
};

struct TestCertificate {
    std::string certificate_file; // PEM, with its key in key_file
    std::string key_file;
};

// A certificate for `names` (as openssl writes them: "DNS:localhost", "IP:127.0.0.1") signed by a new authority, whose
// own certificate is written to `authority_file`.
TestCertificate make_certificate(const std::string& authority_file, const std::string& names);

} // namespace kedge
