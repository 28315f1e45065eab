// SPDX-License-Identifier: GPL-3.0-or-later
#include "system_trust.h"

#include <openssl/err.h>

#include <cstdlib>
#include <filesystem>

#ifdef _WIN32
#include <windows.h>

#include <wincrypt.h>
#elif defined(__APPLE__)
#include <Security/Security.h>
#endif

namespace frameglass::transport {

namespace {

bool chosenByEnvironment()
{
    return std::getenv("SSL_CERT_FILE") || std::getenv("SSL_CERT_DIR");
}

#if defined(_WIN32) || defined(__APPLE__)
void addDer(X509_STORE *store, const unsigned char *der, long octets)
{
    if (X509 *certificate = d2i_X509(nullptr, &der, octets)) {
        X509_STORE_add_cert(store, certificate);
        X509_free(certificate);
    }
}
#endif

#ifdef _WIN32
bool addSystemStore(X509_STORE *store)
{
    // Intermediates too: Windows keeps what it fetched there, as browsers do.
    bool any = false;
    for (const wchar_t *name : {L"ROOT", L"CA"}) {
        HCERTSTORE system = CertOpenSystemStoreW(0, name);
        if (!system)
            continue;
        any = true;
        const CERT_CONTEXT *next = nullptr;
        while ((next = CertEnumCertificatesInStore(system, next)) != nullptr) {
            // Of the intermediates only what leads on counts: a path still has to end at a root.
            addDer(store, next->pbCertEncoded, static_cast<long>(next->cbCertEncoded));
        }
        CertCloseStore(system, 0);
    }
    return any;
}
#elif defined(__APPLE__)
bool addSystemStore(X509_STORE *store)
{
    bool any = false;
    for (const auto domain :
         {kSecTrustSettingsDomainSystem, kSecTrustSettingsDomainAdmin, kSecTrustSettingsDomainUser}) {
        CFArrayRef certificates = nullptr;
        if (SecTrustSettingsCopyCertificates(domain, &certificates) != errSecSuccess)
            continue;
        any = true;
        for (CFIndex i = 0; i < CFArrayGetCount(certificates); ++i) {
            auto *certificate =
                static_cast<SecCertificateRef>(const_cast<void *>(CFArrayGetValueAtIndex(certificates, i)));
            CFDataRef der = SecCertificateCopyData(certificate);
            addDer(store, CFDataGetBytePtr(der), CFDataGetLength(der));
            CFRelease(der);
        }
        CFRelease(certificates);
    }
    return any;
}
#else
/// Where distributions keep their bundle. A program that brings its own OpenSSL looks in vain at that one's paths.
bool addSystemStore(X509_STORE *store)
{
    for (const char *bundle : {"/etc/ssl/certs/ca-certificates.crt",
                               "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", "/etc/pki/tls/certs/ca-bundle.crt",
                               "/etc/ssl/ca-bundle.pem", "/etc/ssl/cert.pem", "/usr/local/etc/ssl/cert.pem"}) {
        std::error_code ignored;
        if (std::filesystem::exists(bundle, ignored) && X509_STORE_load_file(store, bundle) == 1)
            return true;
    }
    return X509_STORE_set_default_paths(store) == 1;
}
#endif

} // namespace

bool addSystemAnchors(X509_STORE *store)
{
    const bool any = chosenByEnvironment() ? X509_STORE_set_default_paths(store) == 1 : addSystemStore(store);
    ERR_clear_error();
    return any;
}

} // namespace frameglass::transport
