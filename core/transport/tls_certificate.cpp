// SPDX-License-Identifier: GPL-3.0-or-later
#include "tls_certificate.h"

#include "openssl_ptr.h"

#include <asio/ip/address_v6.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>

namespace frameglass::transport {

namespace {

constexpr std::size_t maximumText = 4096; ///< of one name
constexpr int maximumNames = 256;

std::string contentOf(BIO *bio)
{
    char *data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    return size > 0 ? std::string(data, std::min(static_cast<std::size_t>(size), maximumText)) : std::string();
}

std::int64_t secondsOf(const ASN1_TIME *time)
{
    std::tm broken{};
    if (!time || ASN1_TIME_to_tm(time, &broken) != 1)
        return 0;
    const std::chrono::year_month_day day{std::chrono::year(broken.tm_year + 1900),
                                          std::chrono::month(static_cast<unsigned>(broken.tm_mon) + 1),
                                          std::chrono::day(static_cast<unsigned>(broken.tm_mday))};
    const auto days = std::chrono::sys_days(day).time_since_epoch();
    return std::chrono::seconds(days).count() + broken.tm_hour * 3600 + broken.tm_min * 60 + broken.tm_sec;
}

std::string hexOf(const unsigned char *octets, std::size_t count)
{
    static constexpr char digits[] = "0123456789ABCDEF";
    std::string text;
    for (std::size_t i = 0; i < count; ++i) {
        if (i > 0)
            text += ':';
        text += digits[octets[i] >> 4];
        text += digits[octets[i] & 15];
    }
    return text;
}

std::string fingerprint(X509 *certificate, const EVP_MD *digest)
{
    std::array<unsigned char, EVP_MAX_MD_SIZE> octets;
    unsigned count = 0;
    return X509_digest(certificate, digest, octets.data(), &count) == 1 ? hexOf(octets.data(), count) : std::string();
}

std::string keyText(X509 *certificate)
{
    EVP_PKEY *key = X509_get0_pubkey(certificate);
    if (!key)
        return "unknown";
    switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_RSA: return "RSA " + std::to_string(EVP_PKEY_get_bits(key));
    case EVP_PKEY_DSA: return "DSA " + std::to_string(EVP_PKEY_get_bits(key));
    case EVP_PKEY_EC: {
        std::array<char, 64> group{};
        std::size_t length = 0;
        if (EVP_PKEY_get_group_name(key, group.data(), group.size(), &length) != 1)
            return "EC " + std::to_string(EVP_PKEY_get_bits(key));
        const char *nist = EC_curve_nid2nist(OBJ_sn2nid(group.data()));
        return std::string("EC ") + (nist ? nist : group.data());
    }
    default: {
        const char *name = EVP_PKEY_get0_type_name(key);
        return name ? name : "unknown";
    }
    }
}

std::string textOf(const ASN1_STRING *string)
{
    unsigned char *utf8 = nullptr;
    const int length = ASN1_STRING_to_UTF8(&utf8, string);
    if (length < 0)
        return {};
    std::string text(reinterpret_cast<const char *>(utf8), std::min(static_cast<std::size_t>(length), maximumText));
    OPENSSL_free(utf8);
    return text;
}

std::string addressText(const ASN1_OCTET_STRING *octets)
{
    const unsigned char *data = ASN1_STRING_get0_data(octets);
    const int length = ASN1_STRING_length(octets);
    if (length == 4)
        return std::to_string(data[0]) + '.' + std::to_string(data[1]) + '.' + std::to_string(data[2]) + '.' +
               std::to_string(data[3]);
    if (length != 16)
        return hexOf(data, static_cast<std::size_t>(std::max(length, 0)));
    asio::ip::address_v6::bytes_type bytes;
    std::copy_n(data, bytes.size(), bytes.begin());
    return asio::ip::address_v6(bytes).to_string();
}

std::string generalNameText(const GENERAL_NAME *name)
{
    int type = 0;
    const void *value = GENERAL_NAME_get0_value(name, &type);
    const auto string = [value] { return textOf(static_cast<const ASN1_STRING *>(value)); };
    switch (type) {
    case GEN_DNS: return "DNS:" + string();
    case GEN_IPADD: return "IP:" + addressText(static_cast<const ASN1_OCTET_STRING *>(value));
    case GEN_URI: return "URI:" + string();
    case GEN_EMAIL: return "email:" + string();
    case GEN_DIRNAME: return "name:" + nameText(static_cast<const X509_NAME *>(value));
    default: return {};
    }
}

std::vector<std::string> alternativeNames(X509 *certificate)
{
    std::vector<std::string> names;
    const OpensslPtr<GENERAL_NAMES, GENERAL_NAMES_free> all(
        static_cast<GENERAL_NAMES *>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
    for (int i = 0; all && i < std::min(sk_GENERAL_NAME_num(all.get()), maximumNames); ++i) {
        if (auto text = generalNameText(sk_GENERAL_NAME_value(all.get(), i)); !text.empty())
            names.push_back(std::move(text));
    }
    return names;
}

std::vector<std::string> issuerUrls(X509 *certificate)
{
    std::vector<std::string> urls;
    const OpensslPtr<AUTHORITY_INFO_ACCESS, AUTHORITY_INFO_ACCESS_free> all(
        static_cast<AUTHORITY_INFO_ACCESS *>(X509_get_ext_d2i(certificate, NID_info_access, nullptr, nullptr)));
    for (int i = 0; all && i < std::min(sk_ACCESS_DESCRIPTION_num(all.get()), maximumNames); ++i) {
        const ACCESS_DESCRIPTION *access = sk_ACCESS_DESCRIPTION_value(all.get(), i);
        if (OBJ_obj2nid(access->method) == NID_ad_ca_issuers && access->location->type == GEN_URI)
            urls.push_back(textOf(access->location->d.uniformResourceIdentifier));
    }
    return urls;
}

std::string commonNameOf(const X509_NAME *subject)
{
    const int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
    const X509_NAME_ENTRY *entry = at < 0 ? nullptr : X509_NAME_get_entry(subject, at);
    return entry ? textOf(X509_NAME_ENTRY_get_data(entry)) : std::string();
}

std::string serialText(X509 *certificate)
{
    const ASN1_INTEGER *serial = X509_get0_serialNumber(certificate);
    return hexOf(ASN1_STRING_get0_data(serial), static_cast<std::size_t>(std::max(ASN1_STRING_length(serial), 0)));
}

X509 *issuerIn(const STACK_OF(X509) * chain, X509 *of)
{
    for (int i = 0; i < sk_X509_num(chain); ++i) {
        X509 *candidate = sk_X509_value(chain, i);
        if (X509_check_issued(candidate, of) == X509_V_OK)
            return candidate;
    }
    return nullptr;
}

std::string revocationReason(int reason)
{
    return reason >= 0 ? OCSP_crl_reason_str(reason) : "";
}

} // namespace

std::string nameText(const X509_NAME *name)
{
    const BioPtr bio(BIO_new(BIO_s_mem()));
    X509_NAME_print_ex(bio.get(), name, 0, XN_FLAG_RFC2253 & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB));
    return contentOf(bio.get());
}

capture::Certificate certificateOf(X509 *certificate)
{
    capture::Certificate what;
    const X509_NAME *subject = X509_get_subject_name(certificate);
    const X509_NAME *issuer = X509_get_issuer_name(certificate);
    what.subject = nameText(subject);
    what.issuer = nameText(issuer);
    what.commonName = commonNameOf(subject);
    what.names = alternativeNames(certificate);
    what.serial = serialText(certificate);
    what.notBefore = secondsOf(X509_get0_notBefore(certificate));
    what.notAfter = secondsOf(X509_get0_notAfter(certificate));
    what.key = keyText(certificate);
    if (const char *algorithm = OBJ_nid2ln(X509_get_signature_nid(certificate)))
        what.signature = algorithm;
    what.sha256 = fingerprint(certificate, EVP_sha256());
    what.sha1 = fingerprint(certificate, EVP_sha1());
    what.selfIssued = X509_NAME_cmp(subject, issuer) == 0;
    what.authority = X509_check_ca(certificate) > 0;
    what.issuerUrls = issuerUrls(certificate);
    unsigned char *der = nullptr;
    if (const int length = i2d_X509(certificate, &der); length > 0) {
        const auto *octets = reinterpret_cast<const std::byte *>(der);
        what.der.assign(octets, octets + length);
        OPENSSL_free(der);
    }
    return what;
}

std::vector<capture::Certificate> chainOf(X509 *leaf, const STACK_OF(X509) * others)
{
    std::vector<capture::Certificate> chain;
    if (leaf)
        chain.push_back(certificateOf(leaf));
    for (int i = 0; others && i < std::min(sk_X509_num(others), maximumChain); ++i) {
        X509 *next = sk_X509_value(others, i);
        if (!leaf || X509_cmp(leaf, next) != 0)
            chain.push_back(certificateOf(next));
    }
    return chain;
}

capture::OcspStaple stapleOf(const unsigned char *der, long octets, X509 *leaf, STACK_OF(X509) * chain,
                             X509_STORE *trusted)
{
    capture::OcspStaple staple;
    staple.status = capture::StapleStatus::Unreadable;
    const OpensslPtr<OCSP_RESPONSE, OCSP_RESPONSE_free> response(d2i_OCSP_RESPONSE(nullptr, &der, octets));
    if (!response) {
        staple.message = "malformed";
        return staple;
    }
    if (const int status = OCSP_response_status(response.get()); status != OCSP_RESPONSE_STATUS_SUCCESSFUL) {
        staple.message = OCSP_response_status_str(status);
        return staple;
    }
    const OpensslPtr<OCSP_BASICRESP, OCSP_BASICRESP_free> basic(OCSP_response_get1_basic(response.get()));
    X509 *issuer = issuerIn(chain, leaf);
    if (!basic || !issuer) {
        staple.message = basic ? "the issuer's certificate is not at hand" : "malformed";
        return staple;
    }
    // The responder says by which digest it names the certificate; SHA-1 is what nearly all use.
    int status = -1;
    int reason = -1;
    ASN1_GENERALIZEDTIME *revoked = nullptr;
    ASN1_GENERALIZEDTIME *thisUpdate = nullptr;
    ASN1_GENERALIZEDTIME *nextUpdate = nullptr;
    bool found = false;
    for (const EVP_MD *digest : {EVP_sha1(), EVP_sha256()}) {
        const OpensslPtr<OCSP_CERTID, OCSP_CERTID_free> id(OCSP_cert_to_id(digest, leaf, issuer));
        found = found || (id && OCSP_resp_find_status(basic.get(), id.get(), &status, &reason, &revoked, &thisUpdate,
                                                      &nextUpdate) == 1);
    }
    if (!found) {
        staple.message = "it is about another certificate";
        return staple;
    }
    staple.status = status == V_OCSP_CERTSTATUS_GOOD      ? capture::StapleStatus::Good
                    : status == V_OCSP_CERTSTATUS_REVOKED ? capture::StapleStatus::Revoked
                                                          : capture::StapleStatus::Unknown;
    staple.thisUpdate = secondsOf(thisUpdate);
    staple.nextUpdate = secondsOf(nextUpdate);
    staple.revokedAt = secondsOf(revoked);
    constexpr long allowedSkew = 300; // s
    if (OCSP_basic_verify(basic.get(), chain, trusted, 0) <= 0)
        staple.message = "its signature leads to no trusted responder";
    else if (OCSP_check_validity(thisUpdate, nextUpdate, allowedSkew, -1) != 1)
        staple.message = "it is not of this time";
    else
        staple.trusted = true;
    if (staple.trusted && staple.status == capture::StapleStatus::Revoked)
        staple.message = revocationReason(reason);
    return staple;
}

} // namespace frameglass::transport
