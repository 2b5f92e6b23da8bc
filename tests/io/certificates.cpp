#include "tests/io/certificates.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdexcept>

namespace kedge {

namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;
using File = std::unique_ptr<std::FILE, decltype(&std::fclose)>;

struct Signer {
    X509* certificate;
    EVP_PKEY* key;
};

void extend(X509* certificate, X509* issuer, int what, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, what, value.c_str());
    if (extension == nullptr) throw std::runtime_error("bad extension " + value);
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
}

Certificate issue(EVP_PKEY* key, const std::string& name, const std::string& alternative_names, const Signer* signer) {
    Certificate certificate(X509_new(), X509_free);
    X509* raw = certificate.get();
    X509_set_version(raw, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(raw), signer == nullptr ? 1 : 2);
    X509_gmtime_adj(X509_getm_notBefore(raw), -3600);
    X509_gmtime_adj(X509_getm_notAfter(raw), 24 * 3600);
    X509_set_pubkey(raw, key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(raw), "CN", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
    X509* issuer = signer == nullptr ? raw : signer->certificate;
    X509_set_issuer_name(raw, X509_get_subject_name(issuer));
    extend(raw, issuer, NID_basic_constraints, signer == nullptr ? "critical,CA:TRUE" : "CA:FALSE");
    if (!alternative_names.empty()) extend(raw, issuer, NID_subject_alt_name, alternative_names);
    X509_sign(raw, signer == nullptr ? key : signer->key, EVP_sha256());
    return certificate;
}

void write_certificate(const std::string& path, X509* certificate) {
    const File file(std::fopen(path.c_str(), "w"), std::fclose);
    if (!file || PEM_write_X509(file.get(), certificate) != 1) throw std::runtime_error("cannot write " + path);
}

} // namespace

TemporaryFolder::TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "kedge-io-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path_ = std::filesystem::canonical(name);
}

TemporaryFolder::~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

std::string TemporaryFolder::write(const std::string& name, const std::string& text) const {
    const std::filesystem::path path = path_ / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
    return path.string();
}

TestCertificate make_certificate(const std::string& authority_file, const std::string& names) {
    const Key authority_key(EVP_EC_gen("P-256"), EVP_PKEY_free);
    const Certificate authority = issue(authority_key.get(), "kedge test authority", {}, nullptr);
    const Key key(EVP_EC_gen("P-256"), EVP_PKEY_free);
    const Signer signer{authority.get(), authority_key.get()};
    const Certificate certificate = issue(key.get(), "kedge test server", names, &signer);
    write_certificate(authority_file, authority.get());
    TestCertificate made{authority_file + ".server.pem", authority_file + ".server.key"};
    write_certificate(made.certificate_file, certificate.get());
    const File file(std::fopen(made.key_file.c_str(), "w"), std::fclose);
    if (!file || PEM_write_PrivateKey(file.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1)
        throw std::runtime_error("cannot write " + made.key_file);
    return made;
}

} // namespace kedge
