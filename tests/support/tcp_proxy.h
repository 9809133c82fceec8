// TcpProxy: stands between a client and a server on loopback, and delays or loses answers when told
// to.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "base/thread.h"

namespace odradek::testing {

// Safe from any thread.
class TcpProxy {
 public:
  explicit TcpProxy(std::uint16_t server_port);
  ~TcpProxy();
  TcpProxy(const TcpProxy&) = delete;
  TcpProxy& operator=(const TcpProxy&) = delete;

  std::uint16_t port() const { return port_; }
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

  // How long what the server says is kept back from now on; what the client says arrives at once.
  void delay_answers_ms(std::int64_t delay_ms) { delay_ms_ = delay_ms; }
  // Whether the server has said something that is kept back now.
  bool keeps_answers() const { return keeps_answers_; }
  // Closes the connections there are, with the answers kept back; answers of new ones pass at once.
  void cut() { cut_wanted_ = true; }

 private:
  struct Answer {
    std::int64_t due_ms;
    std::string bytes;
  };
  struct Pair {
    int client = -1;
    int server = -1;
    std::deque<Answer> kept;
  };

  void run();
  void accept_one();
  // All three: false when either side has closed.
  bool pass_requests(Pair& pair);
  bool keep_answers(Pair& pair);
  bool pass_due_answers(Pair& pair);
  void close_all();

  const std::uint16_t server_port_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::vector<Pair> pairs_;  // the proxy's thread only
  std::atomic<std::int64_t> delay_ms_{0};
  std::atomic<bool> keeps_answers_{false};
  std::atomic<bool> cut_wanted_{false};
  std::atomic<bool> stopping_{false};
  base::Thread thread_;
};

}  // namespace odradek::testing
