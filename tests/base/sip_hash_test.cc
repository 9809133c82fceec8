#include "base/sip_hash.h"

#include <gtest/gtest.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <array>
#include <cstring>
#include <memory>

#include "base/log.h"

namespace odradek::base {
namespace {

using Digest = std::array<std::uint8_t, 16>;

Digest by_openssl(const std::array<std::uint8_t, 16>& key, ByteView bytes) {
  std::unique_ptr<EVP_MAC, decltype(&EVP_MAC_free)> mac(EVP_MAC_fetch(nullptr, "SIPHASH", nullptr),
                                                        EVP_MAC_free);
  std::unique_ptr<EVP_MAC_CTX, decltype(&EVP_MAC_CTX_free)> context(EVP_MAC_CTX_new(mac.get()),
                                                                    EVP_MAC_CTX_free);
  std::size_t size = 16;
  std::array<OSSL_PARAM, 2> parameters{OSSL_PARAM_construct_size_t(OSSL_MAC_PARAM_SIZE, &size),
                                       OSSL_PARAM_construct_end()};
  Digest digest{};
  CHECK_EQ(EVP_MAC_init(context.get(), key.data(), key.size(), parameters.data()), 1);
  CHECK_EQ(EVP_MAC_update(context.get(), bytes.data(), bytes.size()), 1);
  CHECK_EQ(EVP_MAC_final(context.get(), digest.data(), &size, digest.size()), 1);
  return digest;
}

TEST(SipHash, AgreesWithOpenSslForEveryLength) {
  std::array<std::uint8_t, 16> key{};
  for (std::size_t i = 0; i < key.size(); ++i) key[i] = static_cast<std::uint8_t>(i * 7 + 1);
  SipKey own;
  std::memcpy(&own, key.data(), sizeof(own));
  Bytes bytes;
  for (int length = 0; length < 200; ++length) {
    Hash128 hash = sip_hash(own, bytes);
    Digest digest{};
    std::memcpy(digest.data(), &hash, sizeof(hash));
    EXPECT_EQ(digest, by_openssl(key, bytes)) << length;
    bytes.push_back(static_cast<std::uint8_t>(length * 31));
  }
}

TEST(SipHash, DependsOnItsKey) {
  EXPECT_NE(sip_hash({1, 0}, as_bytes("key")), sip_hash({0, 1}, as_bytes("key")));
}

}  // namespace
}  // namespace odradek::base
