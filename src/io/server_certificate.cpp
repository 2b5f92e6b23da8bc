#include "io/server_certificate.h"

#include "base/failure.h"

#include <boost/asio/ssl/context.hpp>
#include <openssl/ssl.h>
#include <sys/stat.h>
#include <utility>

namespace kedge {

namespace ssl = boost::asio::ssl;

ServerCertificate::ServerCertificate(std::string certificate_file, std::string key_file, Complain complain)
    : certificate_file_(std::move(certificate_file)), key_file_(std::move(key_file)), complain_(std::move(complain)),
      stamp_(stamp()), context_(read()) {}

std::shared_ptr<ssl::context> ServerCertificate::context() {
    std::string now = stamp();
    if (now == stamp_) return context_;
    stamp_ = std::move(now);
    try {
        context_ = read();
    } catch (const Failure& failure) {
        // Half-written files are normal for a moment: the next connection looks again when they have changed.
        if (complain_) complain_(failure.what());
    }
    return context_;
}

std::shared_ptr<ssl::context> ServerCertificate::read() const {
    auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
    SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
    SSL_CTX_set_options(context->native_handle(), SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
    boost::system::error_code error;
    const auto check = [&error](const char* attempt, const std::string& file, const char* hint) {
        if (!error) return;
        throw Failure(NextAction::stop,
                      std::string("http server: ") + attempt + " \"" + file + "\": " + error.message() + "; " + hint);
    };
    // Nobody is at the terminal to be asked for a pass phrase.
    context->set_password_callback([](std::size_t, ssl::context::password_purpose) { return std::string(); }, error);
    context->use_certificate_chain_file(certificate_file_, error);
    check("read the certificate", certificate_file_, "it must be a readable PEM file, the server's own one first");
    context->use_private_key_file(key_file_, ssl::context::pem, error);
    check("read the key", key_file_, "it must be a readable PEM file without a pass phrase, and the certificate's own");
    return context;
}

std::string ServerCertificate::stamp() const {
    std::string all;
    for (const auto* file : {&certificate_file_, &key_file_}) {
        struct stat status {};
        if (::stat(file->c_str(), &status) == 0) {
            for (const auto part :
                 {static_cast<long long>(status.st_ino), static_cast<long long>(status.st_size),
                  static_cast<long long>(status.st_mtim.tv_sec), static_cast<long long>(status.st_mtim.tv_nsec)})
                all += std::to_string(part) + " ";
        }
        all += "/";
    }
    return all;
}

} // namespace kedge
