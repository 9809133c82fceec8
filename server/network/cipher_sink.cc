#include "server/network/cipher_sink.h"

#include <openssl/bio.h>

namespace odradek::network {
namespace {

int append(BIO* bio, const char* bytes, int size) {
  auto* buffer = static_cast<std::vector<std::uint8_t>*>(BIO_get_data(bio));
  buffer->insert(buffer->end(), bytes, bytes + size);
  return size;
}

// Flushing is the transport's; everything else is not supported.
long control(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

const BIO_METHOD* sink_method() {
  static const BIO_METHOD* const method = [] {
    BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "cipher sink");
    BIO_meth_set_write(made, append);
    BIO_meth_set_ctrl(made, control);
    return made;
  }();
  return method;
}

}  // namespace

bio_st* new_cipher_sink(std::vector<std::uint8_t>& buffer) {
  BIO* bio = BIO_new(sink_method());
  if (bio == nullptr) return nullptr;
  fill_cipher_sink(bio, buffer);
  BIO_set_init(bio, 1);
  return bio;
}

void fill_cipher_sink(bio_st* sink, std::vector<std::uint8_t>& buffer) {
  BIO_set_data(sink, &buffer);
}

}  // namespace odradek::network
