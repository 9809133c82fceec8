#include "tests/support/zookeeper_server.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <utility>

#include "base/log.h"
#include "tests/support/loopback.h"

namespace odradek::testing {
namespace {

constexpr int kStartTimeoutSeconds = 60;
constexpr int kProbeTimeoutMs = 200;

std::string find_java() {
  if (const char* home = std::getenv("JAVA_HOME")) {
    std::string path = std::string(home) + "/bin/java";
    if (access(path.c_str(), X_OK) == 0) return path;
  }
  for (const char* path : {"/usr/bin/java", "/usr/local/bin/java"}) {
    if (access(path, X_OK) == 0) return path;
  }
  return "";
}

// Empty when this machine has no ZooKeeper.
std::string find_jars() {
  const std::string debian = "/usr/share/java/";
  if (std::filesystem::exists(debian + "zookeeper.jar")) {
    return debian + "zookeeper.jar:" + debian + "slf4j-log4j12.jar:" + debian + "log4j-1.2.jar";
  }
  const char* home = std::getenv("HOME");
  if (home == nullptr) return "";
  for (const char* version : {"3.9.1", "2.8.2"}) {
    std::string folder = std::string(home) + "/.cache/odradek-peers/" + version;
    if (std::filesystem::exists(folder)) return folder + "/*";
  }
  return "";
}

// Free at this moment; the kernel does not hand it out again soon.
std::uint16_t free_port() {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof(address);
  CHECK_EQ(bind(fd, reinterpret_cast<sockaddr*>(&address), size), 0);
  CHECK_EQ(getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size), 0);
  close(fd);
  return ntohs(address.sin_port);
}

void write_text(const std::string& path, const std::string& text) { std::ofstream(path) << text; }

}  // namespace

ZooKeeperServer::ZooKeeperServer(std::string java, std::string class_path,
                                 std::vector<std::string> java_options)
    : java_(std::move(java)),
      class_path_(std::move(class_path)),
      java_options_(std::move(java_options)) {}

std::unique_ptr<ZooKeeperServer> ZooKeeperServer::start(std::vector<std::string> java_options) {
  std::string java = find_java();
  std::string jars = find_jars();
  if (java.empty() || jars.empty()) return nullptr;
  std::unique_ptr<ZooKeeperServer> server(
      new ZooKeeperServer(std::move(java), std::move(jars), std::move(java_options)));
  const std::string& folder = server->directory_.path();
  write_text(folder + "/log4j.properties",
             "log4j.rootLogger=WARN, file\nlog4j.appender.file=org.apache.log4j.FileAppender\n"
             "log4j.appender.file.File=" +
                 folder +
                 "/zookeeper.log\nlog4j.appender.file.layout=org.apache.log4j.PatternLayout\n"
                 "log4j.appender.file.layout.ConversionPattern=%d %p %m%n\n");
  // Another process may take the port between our look and the server's bind.
  for (int attempt = 0; attempt < 3; ++attempt) {
    server->port_ = free_port();
    write_text(
        folder + "/zoo.cfg",
        "tickTime=200\ndataDir=" + folder + "/data\nclientPort=" + std::to_string(server->port_) +
            "\nclientPortAddress=127.0.0.1\nadmin.enableServer=false\n"
            "4lw.commands.whitelist=*\nmaxClientCnxns=0\nmaxSessionTimeout=60000\nforceSync=no\n");
    if (server->launch()) return server;
    server->kill9();
  }
  return nullptr;
}

ZooKeeperServer::~ZooKeeperServer() { kill9(); }

bool ZooKeeperServer::launch() {
  const std::string& folder = directory_.path();
  std::vector<std::string> arguments = {java_, "-Xmx256m", "-XX:+UseSerialGC",
                                        "-XX:TieredStopAtLevel=1", "-Dzookeeper.forceSync=no"};
  arguments.insert(arguments.end(), java_options_.begin(), java_options_.end());
  arguments.insert(arguments.end(),
                   {"-cp", folder + ":" + class_path_,
                    "org.apache.zookeeper.server.quorum.QuorumPeerMain", folder + "/zoo.cfg"});
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  std::string output = folder + "/output.txt";
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 1, output.c_str(), O_WRONLY | O_CREAT | O_APPEND,
                                   0644);
  posix_spawn_file_actions_adddup2(&actions, 1, 2);
  int error = posix_spawn(&pid_, java_.c_str(), &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) {
    pid_ = -1;
    return false;
  }
  return wait_until_serving();
}

bool ZooKeeperServer::wait_until_serving() const {
  auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(kStartTimeoutSeconds);
  while (std::chrono::steady_clock::now() < deadline) {
    // A connection made within some 30 ms of the server's bind is never answered: ask, do not wait.
    if (ask("srvr").find("Mode:") != std::string::npos) return true;
    int status = 0;
    if (waitpid(pid_, &status, WNOHANG | WNOWAIT) == pid_) return false;
    poll(nullptr, 0, 20);
  }
  return false;
}

std::string ZooKeeperServer::ask(const std::string& word) const {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  timeval timeout{.tv_sec = 0, .tv_usec = kProbeTimeoutMs * 1000};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout));
  sockaddr_in address = loopback(port_);
  std::string answer;
  if (connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0 &&
      send(fd, word.data(), word.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(word.size())) {
    char buffer[4096];
    for (ssize_t n; (n = recv(fd, buffer, sizeof(buffer), 0)) > 0;) {
      answer.append(buffer, static_cast<std::size_t>(n));
    }
  }
  close(fd);
  return answer;
}

void ZooKeeperServer::signal_and_reap(int signal) {
  if (pid_ <= 0) return;
  kill(pid_, signal);
  int status = 0;
  while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
}

void ZooKeeperServer::kill9() { signal_and_reap(SIGKILL); }
void ZooKeeperServer::terminate() { signal_and_reap(SIGTERM); }
bool ZooKeeperServer::restart() {
  kill9();
  return launch();
}
void ZooKeeperServer::pause() { kill(pid_, SIGSTOP); }
void ZooKeeperServer::resume() { kill(pid_, SIGCONT); }

}  // namespace odradek::testing
