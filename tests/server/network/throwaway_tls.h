// throwaway_tls: a self-signed certificate made on the spot, and contexts that use it.
#pragma once

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

#include "base/log.h"

namespace odradek::network {

using SslContext = std::shared_ptr<SSL_CTX>;

struct Identity {
  std::shared_ptr<EVP_PKEY> key;
  std::shared_ptr<X509> certificate;
};

inline Identity make_identity(const std::string& organization, const std::string& name) {
  Identity made{{EVP_EC_gen("P-256"), &EVP_PKEY_free}, {X509_new(), &X509_free}};
  X509* certificate = made.certificate.get();
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 86'400);
  X509_set_pubkey(certificate, made.key.get());
  X509_NAME* subject = X509_get_subject_name(certificate);
  auto add = [&](const char* field, const std::string& value) {
    X509_NAME_add_entry_by_txt(subject, field, MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(value.data()),
                               static_cast<int>(value.size()), -1, 0);
  };
  add("O", organization);
  add("CN", name);
  X509_set_issuer_name(certificate, subject);
  CHECK(X509_sign(certificate, made.key.get(), EVP_sha256()) > 0);
  return made;
}

// `trusted` null: asks no certificate of the other side.
inline SslContext make_context(const SSL_METHOD* method, const Identity* own,
                               const Identity* trusted) {
  SslContext context(SSL_CTX_new(method), &SSL_CTX_free);
  if (own != nullptr) {
    CHECK(SSL_CTX_use_certificate(context.get(), own->certificate.get()) == 1);
    CHECK(SSL_CTX_use_PrivateKey(context.get(), own->key.get()) == 1);
  }
  if (trusted != nullptr) {
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context.get()), trusted->certificate.get());
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    const unsigned char id[] = "test";
    SSL_CTX_set_session_id_context(context.get(), id, sizeof id);
  }
  return context;
}

}  // namespace odradek::network
