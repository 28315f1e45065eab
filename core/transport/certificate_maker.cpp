// SPDX-License-Identifier: GPL-3.0-or-later
#include "certificate_maker.h"

#include "openssl_ptr.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>

#include <array>

namespace frameglass::transport {

namespace {

std::string contentOf(BIO *bio)
{
    char *data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    return {data, static_cast<std::size_t>(std::max(size, 0L))};
}

bool setSerial(X509 *certificate)
{
    std::array<unsigned char, 16> octets;
    if (RAND_bytes(octets.data(), static_cast<int>(octets.size())) != 1)
        return false;
    octets[0] &= 0x7f; // RFC 5280 §4.1.2.2: positive
    const OpensslPtr<BIGNUM, BN_free> number(BN_bin2bn(octets.data(), static_cast<int>(octets.size()), nullptr));
    return number && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate));
}

bool addExtension(X509 *certificate, X509 *issuer, int id, const std::string &value)
{
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    const OpensslPtr<X509_EXTENSION, X509_EXTENSION_free> extension(
        X509V3_EXT_conf_nid(nullptr, &context, id, value.c_str()));
    return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

bool addExtensions(X509 *certificate, X509 *issuer, const CertificateWish &wish)
{
    std::string names;
    for (const auto &name : wish.names)
        names += (names.empty() ? "" : ",") + name;
    return addExtension(certificate, issuer, NID_basic_constraints,
                        wish.authority ? "critical,CA:TRUE" : "critical,CA:FALSE") &&
           addExtension(certificate, issuer, NID_key_usage,
                        wish.authority ? "critical,keyCertSign,cRLSign" : "critical,digitalSignature") &&
           (wish.authority || addExtension(certificate, issuer, NID_ext_key_usage, "serverAuth,clientAuth")) &&
           (names.empty() || addExtension(certificate, issuer, NID_subject_alt_name, names)) &&
           (wish.issuerUrl.empty() ||
            addExtension(certificate, issuer, NID_info_access, "caIssuers;URI:" + wish.issuerUrl)) &&
           addExtension(certificate, issuer, NID_subject_key_identifier, "hash") &&
           addExtension(certificate, issuer, NID_authority_key_identifier, "keyid");
}

bool describe(X509 *certificate, EVP_PKEY *key, const CertificateWish &wish)
{
    constexpr long version3 = 2; // RFC 5280 §4.1.2.1
    const auto from = std::chrono::system_clock::to_time_t(wish.from);
    const auto until = std::chrono::system_clock::to_time_t(wish.until);
    X509_NAME *subject = X509_get_subject_name(certificate);
    return X509_set_version(certificate, version3) == 1 && setSerial(certificate) &&
           ASN1_TIME_set(X509_getm_notBefore(certificate), from) &&
           ASN1_TIME_set(X509_getm_notAfter(certificate), until) && X509_set_pubkey(certificate, key) == 1 &&
           X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                                      reinterpret_cast<const unsigned char *>(wish.commonName.data()),
                                      static_cast<int>(wish.commonName.size()), -1, 0) == 1;
}

} // namespace

std::optional<Credentials> makeCertificate(const CertificateWish &wish, const Credentials *issuer)
{
    const KeyPtr key(EVP_EC_gen("P-256"));
    const X509Ptr certificate(X509_new());
    X509Ptr issuerCertificate;
    KeyPtr issuerKey;
    if (issuer) {
        issuerCertificate.reset(PEM_read_bio_X509(
            readerOf(issuer->certificate.data(), issuer->certificate.size()).get(), nullptr, nullptr, nullptr));
        issuerKey.reset(
            PEM_read_bio_PrivateKey(readerOf(issuer->key.data(), issuer->key.size()).get(), nullptr, nullptr, nullptr));
        if (!issuerCertificate || !issuerKey)
            return {};
    }
    X509 *by = issuerCertificate ? issuerCertificate.get() : certificate.get();
    if (!key || !certificate || !describe(certificate.get(), key.get(), wish) ||
        X509_set_issuer_name(certificate.get(), X509_get_subject_name(by)) != 1 ||
        !addExtensions(certificate.get(), by, wish) ||
        X509_sign(certificate.get(), issuerKey ? issuerKey.get() : key.get(), EVP_sha256()) == 0) {
        ERR_clear_error();
        return {};
    }
    const BioPtr certificateText(BIO_new(BIO_s_mem()));
    const BioPtr keyText(BIO_new(BIO_s_mem()));
    if (PEM_write_bio_X509(certificateText.get(), certificate.get()) != 1 ||
        PEM_write_bio_PrivateKey(keyText.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1)
        return {};
    return Credentials{contentOf(certificateText.get()), contentOf(keyText.get())};
}

} // namespace frameglass::transport
