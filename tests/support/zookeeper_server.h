// ZooKeeperServer: a real ZooKeeper on loopback for tests, with a port of the kernel's choice.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/temporary_directory.h"

namespace odradek::testing {

// Runs from Debian's jars, or from those of a downloaded Kafka below ~/.cache/odradek-peers. Its
// tick is 200 ms, so that sessions may time out after 400 to 60000 ms. Dies with the object.
class ZooKeeperServer {
 public:
  // nullptr when there is no Java or no ZooKeeper on this machine: a test fails then. Waits until
  // the server serves. `java_options` such as "-Djute.maxbuffer=4194304".
  static std::unique_ptr<ZooKeeperServer> start(std::vector<std::string> java_options = {});
  ~ZooKeeperServer();
  ZooKeeperServer(const ZooKeeperServer&) = delete;
  ZooKeeperServer& operator=(const ZooKeeperServer&) = delete;

  std::uint16_t port() const { return port_; }
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
  pid_t pid() const { return pid_; }

  // The data directory and the port stay.
  void kill9();
  void terminate();
  bool restart();
  // SIGSTOP and SIGCONT: connections stay but nobody answers.
  void pause();
  void resume();

  // The answer to a four-letter word ("srvr", "wchp", "dump"); empty when there is none.
  std::string ask(const std::string& word) const;

 private:
  ZooKeeperServer(std::string java, std::string class_path, std::vector<std::string> java_options);

  bool launch();
  bool wait_until_serving() const;
  void signal_and_reap(int signal);

  const std::string java_;
  const std::string class_path_;
  const std::vector<std::string> java_options_;
  TemporaryDirectory directory_;
  std::uint16_t port_ = 0;
  pid_t pid_ = -1;
};

}  // namespace odradek::testing
