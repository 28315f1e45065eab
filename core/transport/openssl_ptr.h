// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/ocsp.h>
#include <openssl/pkcs12.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <memory>

/// Owners for what OpenSSL hands out.
namespace frameglass::transport {

template<auto release>
struct Release
{
    template<typename T>
    void operator()(T *object) const
    {
        release(object);
    }
};

inline void releaseChain(STACK_OF(X509) * chain)
{
    sk_X509_pop_free(chain, X509_free);
}

template<typename T, auto release>
using OpensslPtr = std::unique_ptr<T, Release<release>>;

using BioPtr = OpensslPtr<BIO, BIO_free_all>;
using X509Ptr = OpensslPtr<X509, X509_free>;
using ChainPtr = OpensslPtr<STACK_OF(X509), releaseChain>;
using KeyPtr = OpensslPtr<EVP_PKEY, EVP_PKEY_free>;
using SslPtr = OpensslPtr<SSL, SSL_free>;
using SslContextPtr = OpensslPtr<SSL_CTX, SSL_CTX_free>;
using SessionPtr = OpensslPtr<SSL_SESSION, SSL_SESSION_free>;
using Pkcs12Ptr = OpensslPtr<PKCS12, PKCS12_free>;

/// A memory BIO over octets that outlive it.
inline BioPtr readerOf(const void *octets, std::size_t count)
{
    return BioPtr(BIO_new_mem_buf(octets, static_cast<int>(count)));
}

} // namespace frameglass::transport
