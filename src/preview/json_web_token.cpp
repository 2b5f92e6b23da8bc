#include "preview/json_web_token.h"

#include "base/base64.h"
#include "base/failure.h"
#include "base/json.h"

#include <memory>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <vector>

namespace kedge {

namespace {

constexpr UnixSeconds back = 60;
constexpr UnixSeconds life = 540; // GitHub takes 600 at most

struct Free {
    void operator()(BIO* bio) const { BIO_free(bio); }
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

Failure problem(const std::string& cause) {
    ERR_clear_error(); // its words may quote the file
    return {NextAction::wait_for_change,
            "GitHub App: sign with its private key: " + cause + "; use the PEM file that GitHub gave for the app"};
}

// A key with a passphrase must not make anybody ask a terminal.
int no_passphrase(char*, int, int, void*) {
    return -1;
}

std::unique_ptr<EVP_PKEY, Free> key_of(const Secret& pem) {
    const auto& text = pem.reveal();
    const std::unique_ptr<BIO, Free> bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
    std::unique_ptr<EVP_PKEY, Free> key(bio ? PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr)
                                            : nullptr);
    if (!key) throw problem("it is no private key in PEM without a passphrase");
    if (EVP_PKEY_base_id(key.get()) != EVP_PKEY_RSA) throw problem("it is no RSA key");
    return key;
}

std::string signature_of(EVP_PKEY* key, const std::string& text) {
    const std::unique_ptr<EVP_MD_CTX, Free> context(EVP_MD_CTX_new());
    const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
    std::size_t size = 0;
    bool fine = context && EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key) == 1 &&
                EVP_DigestSign(context.get(), nullptr, &size, bytes, text.size()) == 1;
    std::string signature(size, '\0');
    fine = fine && EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, bytes,
                                  text.size()) == 1;
    if (!fine) throw problem("it does not sign");
    signature.resize(size);
    return signature;
}

} // namespace

Secret signed_app_token(const Secret& key, const std::string& app, UnixSeconds now) {
    const auto rsa = key_of(key);
    const Json head{{"alg", "RS256"}, {"typ", "JWT"}};
    const Json claims{{"iat", now - back}, {"exp", now + life}, {"iss", app}};
    const auto text = base64url(canonical_json(head)) + "." + base64url(canonical_json(claims));
    return Secret(text + "." + base64url(signature_of(rsa.get(), text)));
}

} // namespace kedge
