#include "zk/client/bulk_reader.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/endian.h"
#include "base/text.h"
#include "zk/client/jute.h"
#include "zk/client/session.h"

namespace odradek::zk {
namespace {

constexpr std::size_t kNodesPerRequest = 200;
// Requests on the way at once: enough to keep the server busy, few enough to fit into the buffers
// of both sides, so that nobody waits for the other to read.
constexpr std::size_t kWindow = 4;
constexpr std::size_t kMaxFrameBytes = 64 << 20;  // jute.maxbuffer at its largest
constexpr std::int32_t kGetData = 4;
constexpr std::int32_t kSync = 9;
constexpr std::int32_t kMultiRead = 22;
constexpr std::int32_t kCloseSession = -11;
constexpr std::int32_t kError = -1;

base::Error failed(const std::string& what) {
  return base::Error("reading many nodes from ZooKeeper: " + what);
}

base::Error failed_by_errno(const std::string& what) {
  return failed(what + ": " + std::strerror(errno));
}

struct HostAndPort {
  std::string host;
  std::string port;
};

HostAndPort split_server(const std::string& server) {
  const std::size_t colon = server.rfind(':');
  HostAndPort split{server, "2181"};
  if (colon != std::string::npos && server.find(']', colon) == std::string::npos) {
    split = {server.substr(0, colon), server.substr(colon + 1)};
  }
  if (split.host.starts_with('[') && split.host.ends_with(']')) {
    split.host = split.host.substr(1, split.host.size() - 2);
  }
  return split;
}

// A connected socket whose sends and receives end after the timeout; -1 with errno set.
int connect_to(const addrinfo& address, std::int32_t timeout_ms) {
  const int fd = ::socket(address.ai_family, address.ai_socktype | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  // Also of connect().
  const timeval timeout{.tv_sec = timeout_ms / 1000, .tv_usec = timeout_ms % 1000 * 1000};
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
  ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout);
  const int yes = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  if (::connect(fd, address.ai_addr, address.ai_addrlen) == 0) return fd;
  const int why = errno;
  ::close(fd);
  errno = why;
  return -1;
}

base::Result<int> connect_to(const std::string& server, std::int32_t timeout_ms) {
  const HostAndPort where = split_server(server);
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int resolved = ::getaddrinfo(where.host.c_str(), where.port.c_str(), &hints, &found);
  if (resolved != 0) return failed(server + ": " + ::gai_strerror(resolved));
  int fd = -1;
  for (const addrinfo* each = found; each != nullptr && fd < 0; each = each->ai_next) {
    fd = connect_to(*each, timeout_ms);
  }
  ::freeaddrinfo(found);
  if (fd < 0) return failed_by_errno("cannot connect to " + server);
  return fd;
}

}  // namespace

BulkReader::BulkReader(BulkReader&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), chroot_(std::move(other.chroot_)), xid_(other.xid_) {}

BulkReader::~BulkReader() {
  if (fd_ < 0) return;
  JuteWriter close;
  close.int32(++xid_);
  close.int32(kCloseSession);
  (void)send_all(close.frame());
  ::close(fd_);
}

base::Result<BulkReader> BulkReader::connect(const std::string& connect_string,
                                             std::int32_t timeout_ms) {
  auto [hosts, chroot] = split_connect_string(connect_string);
  base::Error last = failed("no server is named");
  for (const std::string& server : base::split_list(hosts)) {
    auto fd = connect_to(server, timeout_ms);
    if (!fd) {
      last = fd.error();
      continue;
    }
    BulkReader reader(*fd, chroot);
    base::Status opened = reader.open_session(timeout_ms);
    if (opened) opened = reader.sync();
    if (opened) return reader;
    last = opened.error();
  }
  return last;
}

base::Status BulkReader::send_all(const std::string& bytes) {
  for (std::size_t sent = 0; sent < bytes.size();) {
    const ssize_t count = ::send(fd_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return failed_by_errno("sending");
    sent += static_cast<std::size_t>(count);
  }
  return {};
}

base::Result<std::string> BulkReader::receive_frame() {
  auto receive = [this](char* to, std::size_t size) -> base::Status {
    for (std::size_t got = 0; got < size;) {
      const ssize_t count = ::recv(fd_, to + got, size - got, 0);
      if (count < 0 && errno == EINTR) continue;
      if (count == 0) return failed("the server closed the connection");
      if (count < 0) return failed_by_errno("receiving");
      got += static_cast<std::size_t>(count);
    }
    return {};
  };
  char head[4];
  base::Status got = receive(head, sizeof head);
  if (!got) return got.error();
  const auto size =
      base::load_big_endian<std::uint32_t>(reinterpret_cast<const std::uint8_t*>(head));
  if (size > kMaxFrameBytes) return failed("an answer of " + std::to_string(size) + " bytes");
  // In steps: nothing is allocated that has not nearly arrived.
  std::string frame;
  constexpr std::size_t kStep = 1 << 20;
  while (frame.size() < size) {
    const std::size_t before = frame.size();
    frame.resize(std::min<std::size_t>(size, before + kStep));
    got = receive(frame.data() + before, frame.size() - before);
    if (!got) return got.error();
  }
  return frame;
}

base::Status BulkReader::open_session(std::int32_t timeout_ms) {
  JuteWriter hello;
  hello.int32(0);  // protocol
  hello.int64(0);  // last zxid seen
  hello.int32(timeout_ms);
  hello.int64(0);  // a new session
  hello.buffer(std::string(16, '\0'));
  hello.boolean(false);  // no read-only server
  base::Status sent = send_all(hello.frame());
  if (!sent) return sent;
  auto answer = receive_frame();
  if (!answer) return answer.error();
  JuteReader reader(*answer);
  reader.int32();
  const std::int32_t granted_ms = reader.int32();
  if (reader.failed() || granted_ms <= 0) return failed("no session was granted");
  return {};
}

base::Status BulkReader::sync() {
  JuteWriter request;
  request.int32(++xid_);
  request.int32(kSync);
  request.string(chroot_.empty() ? "/" : chroot_);
  base::Status sent = send_all(request.frame());
  if (!sent) return sent;
  auto answer = receive_frame();
  if (!answer) return answer.error();
  JuteReader reader(*answer);
  reader.int32();
  reader.int64();
  const std::int32_t error = reader.int32();
  if (!reader.failed() && error == 0) return {};
  return failed("sync was answered " + std::string(to_string(static_cast<Code>(error))));
}

std::string BulkReader::request(const std::vector<std::string>& paths, std::size_t first,
                                std::size_t end) {
  JuteWriter request;
  request.int32(++xid_);
  request.int32(kMultiRead);
  for (std::size_t i = first; i < end; ++i) {
    request.int32(kGetData);
    request.boolean(false);
    request.int32(-1);
    request.string(chroot_ + paths[i]);
    request.boolean(false);  // no watch: the server would ignore it
  }
  request.int32(-1);
  request.boolean(true);
  request.int32(-1);
  return request.frame();
}

base::Status BulkReader::take(const std::string& answer, std::size_t first, std::size_t end,
                              std::vector<Response>& responses) {
  JuteReader reader(answer);
  reader.int32();  // xid: answers come in order
  reader.int64();
  const std::int32_t refused = reader.int32();
  if (refused != 0) {
    return failed("the request was answered " + std::string(to_string(static_cast<Code>(refused))));
  }
  for (std::size_t i = first; i < end && !reader.failed(); ++i) {
    const std::int32_t type = reader.int32();
    reader.boolean();
    reader.int32();
    if (type == kError) {
      responses[i].code = static_cast<Code>(reader.int32());
    } else if (type == kGetData) {
      responses[i].data = reader.buffer();
      responses[i].stat = reader.stat();
    } else {
      return failed("an answer of type " + std::to_string(type));
    }
  }
  if (reader.failed()) return failed("an answer ends too early");
  return {};
}

base::Result<std::vector<Response>> BulkReader::read(const std::vector<std::string>& paths) {
  std::vector<Response> responses(paths.size());
  for (std::size_t i = 0; i < paths.size(); ++i) responses[i].path = paths[i];
  std::size_t asked = 0;
  std::size_t answered = 0;
  while (answered < paths.size()) {
    while (asked < paths.size() && asked < answered + kWindow * kNodesPerRequest) {
      const std::size_t end = std::min(asked + kNodesPerRequest, paths.size());
      base::Status sent = send_all(request(paths, asked, end));
      if (!sent) return sent.error();
      asked = end;
    }
    auto answer = receive_frame();
    if (!answer) return answer.error();
    const std::size_t end = std::min(answered + kNodesPerRequest, paths.size());
    base::Status taken = take(*answer, answered, end, responses);
    if (!taken) return taken.error();
    answered = end;
  }
  return responses;
}

}  // namespace odradek::zk
