#include "server/network/tls_transport.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <utility>

#include "base/log.h"
#include "server/network/cipher_sink.h"
#include "server/network/connection_context.h"
#include "server/network/plaintext_transport.h"
#include "server/network/wrong_protocol.h"

namespace odradek::network {
namespace {

constexpr std::size_t kRecordBytes = 16 * 1024;

// The oldest error of this thread's queue, which is then emptied.
std::string take_openssl_error() {
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  if (code == 0) return "the TLS connection broke";
  const char* reason = ERR_reason_error_string(code);
  return reason != nullptr ? reason : "OpenSSL error " + std::to_string(code);
}

// A peer that leaves without TLS's good-bye has gone all the same; frames carry their lengths, so
// nothing can have been cut off unnoticed.
bool has_peer_gone(int ssl_error) {
  if (ssl_error == SSL_ERROR_SYSCALL) return ERR_peek_error() == 0;
  return ssl_error == SSL_ERROR_SSL &&
         ERR_GET_REASON(ERR_peek_error()) == SSL_R_UNEXPECTED_EOF_WHILE_READING;
}

}  // namespace

TlsTransport::TlsTransport(Socket socket, std::shared_ptr<ssl_ctx_st> context,
                           const TlsOptions& options, TlsScratch& scratch)
    : socket_(std::move(socket)),
      scratch_(&scratch),
      context_(std::move(context)),
      principal_of_(options.principal),
      ssl_(SSL_new(context_.get()), &SSL_free) {
  CHECK(ssl_ != nullptr) << "OpenSSL cannot make a connection: " << take_openssl_error();
  SSL_set_bio(ssl_.get(), BIO_new_socket(socket_.fd(), BIO_NOCLOSE),
              new_cipher_sink(scratch_->cipher()));
  // 8.5 KiB less for every connection that does nothing.
  SSL_set_mode(ssl_.get(), SSL_MODE_RELEASE_BUFFERS);
  // A call encrypts all it is given: there is no socket that could be full in its midst.
  SSL_clear_mode(ssl_.get(), SSL_MODE_ENABLE_PARTIAL_WRITE);
  // One ticket does for one resumption; each further one costs 50 us of every handshake.
  if (SSL_get_num_tickets(ssl_.get()) > 1) SSL_set_num_tickets(ssl_.get(), 1);
  SSL_set_accept_state(ssl_.get());
}

TlsTransport::~TlsTransport() = default;

IoResult TlsTransport::look_at_first_bytes() {
  std::array<std::uint8_t, 8> first{};
  const ssize_t got = ::recv(socket_.fd(), first.data(), first.size(), MSG_PEEK);
  if (got == 0) return {IoState::kClosed, 0, {}};
  if (got < 0) return socket_failure(errno, IoState::kWantRead);
  has_looked_ = true;
  const auto size = static_cast<std::size_t>(got);
  std::string_view stranger = protocol_on_tls_port({first.data(), size});
  if (stranger.empty()) return {};
  has_failed_ = true;
  return {IoState::kFailed, 0, std::string(stranger)};
}

IoResult TlsTransport::handshake() {
  if (is_established_) return flush();
  if (!has_looked_) {
    IoResult looked = look_at_first_bytes();
    if (looked.state != IoState::kReady) return looked;
  }
  ERR_clear_error();
  const int result = SSL_accept(ssl_.get());
  const int wanted = result == 1 ? SSL_ERROR_NONE : SSL_get_error(ssl_.get(), result);
  // An alert, too, should still reach the peer.
  IoResult sent = flush();
  if (wanted == SSL_ERROR_NONE) {
    is_established_ = true;
    return sent;
  }
  if (wanted == SSL_ERROR_WANT_READ) {
    return sent.state == IoState::kReady ? IoResult{IoState::kWantRead, 0, {}} : sent;
  }
  has_failed_ = true;
  if (has_peer_gone(wanted)) {
    ERR_clear_error();
    return {IoState::kClosed, 0, "the peer left during the TLS handshake"};
  }
  return {IoState::kFailed, 0, "TLS handshake failed: " + take_openssl_error()};
}

IoResult TlsTransport::read(std::span<std::uint8_t> into) {
  std::size_t total = 0;
  IoState state = IoState::kReady;
  std::string reason;
  while (total < into.size() && state == IoState::kReady) {
    std::size_t got = 0;
    ERR_clear_error();
    const int result = SSL_read_ex(ssl_.get(), into.data() + total, into.size() - total, &got);
    total += got;
    if (result == 1) continue;
    const int ssl_error = SSL_get_error(ssl_.get(), result);
    if (ssl_error == SSL_ERROR_WANT_READ) {
      state = IoState::kWantRead;
    } else if (ssl_error == SSL_ERROR_ZERO_RETURN) {
      state = IoState::kClosed;
    } else {
      state = has_peer_gone(ssl_error) ? IoState::kClosed : IoState::kFailed;
      has_failed_ = true;
      reason = take_openssl_error();
    }
  }
  // Key updates and alerts.
  if (!scratch_->cipher().empty()) {
    IoResult sent = flush();
    if (sent.state == IoState::kFailed) state = sent.state;
  }
  // What came before an end or an error is delivered first; the next call meets it again.
  if (total > 0) return {state == IoState::kWantRead ? state : IoState::kReady, total, {}};
  return {state, 0, std::move(reason)};
}

bool TlsTransport::encrypt(const std::uint8_t* bytes, std::size_t size) {
  std::size_t written = 0;
  ERR_clear_error();
  // Into memory, so it takes all or fails for good.
  if (!has_failed_ && SSL_write_ex(ssl_.get(), bytes, size, &written) == 1) return true;
  has_failed_ = true;
  return false;
}

IoResult TlsTransport::flush() {
  std::vector<std::uint8_t>& fresh = scratch_->cipher();
  // What waited goes first; fresh records behind it.
  std::array<iovec, 2> parts{};
  std::size_t count = 0;
  const std::size_t waiting = unsent_.size() - unsent_from_;
  if (waiting > 0) parts[count++] = {unsent_.data() + unsent_from_, waiting};
  if (!fresh.empty()) parts[count++] = {fresh.data(), fresh.size()};
  if (count == 0) return {};
  msghdr message{};
  message.msg_iov = parts.data();
  message.msg_iovlen = count;
  ssize_t put = 0;
  do {
    put = ::sendmsg(socket_.fd(), &message, MSG_NOSIGNAL);
  } while (put < 0 && errno == EINTR);
  const int error_number = put < 0 ? errno : 0;
  std::size_t sent = put < 0 ? 0 : static_cast<std::size_t>(put);

  const std::size_t of_waiting = std::min(sent, waiting);
  unsent_from_ += of_waiting;
  sent -= of_waiting;
  if (unsent_from_ == unsent_.size()) {
    unsent_from_ = 0;
    unsent_.clear();
  }
  unsent_.insert(unsent_.end(), fresh.begin() + static_cast<std::ptrdiff_t>(sent), fresh.end());
  fresh.clear();
  if (error_number != 0 && error_number != EAGAIN) {
    return socket_failure(error_number, IoState::kWantWrite);
  }
  if (!unsent_.empty()) return {IoState::kWantWrite, 0, {}};
  std::vector<std::uint8_t>().swap(unsent_);
  return {};
}

IoResult TlsTransport::write(std::span<const iovec> parts, bool) {
  IoResult before = flush();
  if (before.state != IoState::kReady || parts.empty()) return before;
  // Small parts are gathered: a record for each would cost more than its bytes.
  std::vector<std::uint8_t>& gathered = scratch_->plain();
  std::size_t gathered_bytes = 0;
  std::size_t taken = 0;
  bool ok = true;
  for (const iovec& part : parts) {
    if (!ok || taken >= TlsScratch::kPlainBytes) break;
    const auto* bytes = static_cast<const std::uint8_t*>(part.iov_base);
    const std::size_t size = std::min(part.iov_len, TlsScratch::kPlainBytes - taken);
    taken += size;
    if (gathered_bytes + size < kRecordBytes) {
      std::memcpy(gathered.data() + gathered_bytes, bytes, size);
      gathered_bytes += size;
      continue;
    }
    if (gathered_bytes > 0) ok = encrypt(gathered.data(), std::exchange(gathered_bytes, 0));
    ok = ok && encrypt(bytes, size);
  }
  if (ok && gathered_bytes > 0) ok = encrypt(gathered.data(), gathered_bytes);
  if (!ok) return {IoState::kFailed, 0, take_openssl_error()};
  IoResult sent = flush();
  sent.bytes = taken;
  return sent;
}

IoResult TlsTransport::send_file(int file, std::int64_t position, std::size_t size_bytes) {
  IoResult before = flush();
  if (before.state != IoState::kReady) return before;
  std::vector<std::uint8_t>& plain = scratch_->plain();
  ssize_t got = 0;
  do {
    got = ::pread(file, plain.data(), std::min(size_bytes, plain.size()), position);
  } while (got < 0 && errno == EINTR);
  if (got < 0) return {IoState::kFailed, 0, "reading the log failed: " + error_text(errno)};
  if (got == 0) return {};
  if (!encrypt(plain.data(), static_cast<std::size_t>(got))) {
    return {IoState::kFailed, 0, take_openssl_error()};
  }
  IoResult sent = flush();
  sent.bytes = static_cast<std::size_t>(got);
  return sent;
}

void TlsTransport::close() {
  // After a failure OpenSSL must not be asked to say good-bye, and half an answer neither.
  if (socket_.is_open() && is_established_ && !has_failed_ && unsent_.empty()) {
    (void)SSL_shutdown(ssl_.get());  // one direction is enough: the socket closes now
    (void)flush();
  }
  ERR_clear_error();
  socket_.close();
}

void TlsTransport::move_to(TlsScratch& scratch) {
  scratch_ = &scratch;
  fill_cipher_sink(SSL_get_wbio(ssl_.get()), scratch.cipher());
}

bool TlsTransport::has_input() const { return SSL_has_pending(ssl_.get()) == 1; }

base::Result<std::string> TlsTransport::principal() const {
  if (!principal_of_) return subject_principal(ssl_.get());
  return principal_of_(ssl_.get());
}

std::string subject_principal(ssl_st* ssl) {
  X509* certificate = SSL_get0_peer_certificate(ssl);
  if (certificate == nullptr) return kAnonymous;
  std::unique_ptr<BIO, int (*)(BIO*)> text(BIO_new(BIO_s_mem()), &BIO_free);
  // Letters beyond ASCII stay UTF-8, as in Java.
  X509_NAME_print_ex(text.get(), X509_get_subject_name(certificate), 0,
                     XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(text.get(), &bytes);
  return "User:" + std::string(bytes, static_cast<std::size_t>(size));
}

}  // namespace odradek::network
