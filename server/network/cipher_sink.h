// cipher_sink: lets OpenSSL write its records into a buffer instead of a socket.
#pragma once

#include <cstdint>
#include <vector>

struct bio_st;  // OpenSSL's BIO

namespace odradek::network {

// A new BIO that appends to `buffer`, which must outlive it; null when OpenSSL has no memory.
bio_st* new_cipher_sink(std::vector<std::uint8_t>& buffer);
// From now on into this one.
void fill_cipher_sink(bio_st* sink, std::vector<std::uint8_t>& buffer);

}  // namespace odradek::network
