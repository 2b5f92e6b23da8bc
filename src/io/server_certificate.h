// The certificate of a TLS server, read anew when its files change.
#pragma once
#include <functional>
#include <memory>
#include <string>

namespace boost::asio::ssl {
class context;
}

namespace kedge {

// The certificate (a chain) and the key of a TLS server, PEM. Files that changed are read at the next connection; ones
// that do not fit are complained of once, and what was good goes on.
class ServerCertificate final {
public:
    using Complain = std::function<void(const std::string& problem)>;
    // Throws Failure(stop) where the files cannot be used.
    ServerCertificate(std::string certificate_file, std::string key_file, Complain complain);
    std::shared_ptr<boost::asio::ssl::context> context();

private:
    std::shared_ptr<boost::asio::ssl::context> read() const;
    std::string stamp() const;

    std::string certificate_file_;
    std::string key_file_;
    Complain complain_;
    std::string stamp_; // of the files when they were last read
    std::shared_ptr<boost::asio::ssl::context> context_;
};

} // namespace kedge
