// A bound on the work that a store asks for before its keys can be deciphered.
#pragma once

#include "base/result.h"

struct X509_algor_st;
struct asn1_string_st;

namespace odradek::security {

// An error when a count of rounds is beyond what Java takes: a hostile one would keep the broker
// busy for hours. A missing count is no error.
base::Status check_rounds(const asn1_string_st* rounds);

// The same for the count within the parameters of a cipher that works from a password (PBES1 and
// PBES2 with PBKDF2 or scrypt). Ciphers that nobody knows pass: OpenSSL refuses them.
base::Status check_key_derivation(const X509_algor_st& cipher);

}  // namespace odradek::security
