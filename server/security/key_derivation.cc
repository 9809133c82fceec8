#include "server/security/key_derivation.h"

#include <openssl/asn1t.h>
#include <openssl/objects.h>
#include <openssl/x509.h>

#include <memory>

namespace odradek::security {
namespace {

// Java's own limit.
constexpr long kMaxRounds = 5'000'000;
// OpenSSL bounds scrypt's memory, but not how often it fills that memory.
constexpr long kMaxScryptPasses = 16;

struct FreePbe {
  void operator()(PBEPARAM* parameters) const { PBEPARAM_free(parameters); }
  void operator()(PBE2PARAM* parameters) const { PBE2PARAM_free(parameters); }
  void operator()(PBKDF2PARAM* parameters) const { PBKDF2PARAM_free(parameters); }
  void operator()(SCRYPT_PARAMS* parameters) const { SCRYPT_PARAMS_free(parameters); }
};

// Null when the parameters are not of that shape.
template <class T>
std::unique_ptr<T, FreePbe> parameters_of(const X509_ALGOR& algorithm, const ASN1_ITEM* shape) {
  return std::unique_ptr<T, FreePbe>(
      static_cast<T*>(ASN1_TYPE_unpack_sequence(shape, algorithm.parameter)));
}

base::Status check_at_most(const ASN1_INTEGER* number, long most) {
  if (number == nullptr) return {};
  long count = ASN1_INTEGER_get(number);
  if (count >= 0 && count <= most) return {};
  return base::Error("it asks for more rounds of key derivation than is reasonable");
}

}  // namespace

base::Status check_rounds(const asn1_string_st* rounds) {
  return check_at_most(rounds, kMaxRounds);
}

base::Status check_key_derivation(const X509_algor_st& cipher) {
  if (OBJ_obj2nid(cipher.algorithm) != NID_pbes2) {
    auto pbe = parameters_of<PBEPARAM>(cipher, ASN1_ITEM_rptr(PBEPARAM));
    return pbe ? check_rounds(pbe->iter) : base::Status();
  }
  auto scheme = parameters_of<PBE2PARAM>(cipher, ASN1_ITEM_rptr(PBE2PARAM));
  if (!scheme) return {};
  if (OBJ_obj2nid(scheme->keyfunc->algorithm) == NID_id_scrypt) {
    auto scrypt = parameters_of<SCRYPT_PARAMS>(*scheme->keyfunc, ASN1_ITEM_rptr(SCRYPT_PARAMS));
    return scrypt ? check_at_most(scrypt->parallelizationParameter, kMaxScryptPasses)
                  : base::Status();
  }
  auto pbkdf2 = parameters_of<PBKDF2PARAM>(*scheme->keyfunc, ASN1_ITEM_rptr(PBKDF2PARAM));
  return pbkdf2 ? check_rounds(pbkdf2->iter) : base::Status();
}

}  // namespace odradek::security
