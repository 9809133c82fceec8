// The broker process: kafka-server server.properties [--override key=value]…
#include <csignal>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <string>
#include <utility>
#include <vector>

#include "base/log.h"
#include "server/broker/broker.h"

// jemalloc reads it: what a load or many new partitions left free goes back within a second or two,
// also when the broker idles from then on.
extern "C" {
extern const char* malloc_conf;
const char* malloc_conf = "background_thread:true,dirty_decay_ms:1000,muzzy_decay_ms:0";
}

namespace {

using odradek::broker::Broker;
namespace config = odradek::config;

struct Arguments {
  std::string properties;
  std::vector<std::string> overrides;
};

constexpr const char* kUsage =
    "USAGE: kafka-server-start.sh [-daemon] server.properties [--override property=value]*\n";

// False when the usage was wrong.
bool parse(int argc, char** argv, Arguments& arguments) {
  for (int i = 1; i < argc; ++i) {
    std::string word = argv[i];
    if (word == "--override" && i + 1 < argc) {
      arguments.overrides.emplace_back(argv[++i]);
    } else if (word.starts_with("--override=")) {
      arguments.overrides.push_back(word.substr(sizeof("--override=") - 1));
    } else if (!word.starts_with("--") && arguments.properties.empty()) {
      arguments.properties = word;
    } else {
      std::fprintf(stderr, "unknown argument %s\n", word.c_str());
      return false;
    }
  }
  return !arguments.properties.empty();
}

// Signals are taken by the main thread alone, whenever it asks; every thread made later inherits
// the mask.
sigset_t block_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);
  return signals;
}

void wait_for_end(const sigset_t& signals, const Broker& broker) {
  const timespec second{.tv_sec = 1, .tv_nsec = 0};
  while (!broker.has_failed()) {
    int taken = sigtimedwait(&signals, nullptr, &second);
    if (taken > 0) {
      LOG(INFO) << "[broker " << broker.id() << "] shutting down: " << strsignal(taken);
      return;
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  Arguments arguments;
  if (argc == 2 && std::string(argv[1]) == "--version") {
    std::printf("odradek 0.1.0 (speaks Kafka 3.9 and earlier)\n");
    return 0;
  }
  if (!parse(argc, argv, arguments)) {
    std::fputs(kUsage, stderr);
    return 1;
  }
  odradek::base::init_logging(argv[0]);
  sigset_t signals = block_signals();
  auto read = config::load_broker_config(arguments.properties, arguments.overrides);
  if (read) {
    auto checked = config::check_broker_config(*read);
    if (!checked) read = checked.error();
  }
  if (!read) {
    LOG(ERROR) << arguments.properties << ": " << read.error().message;
    return 1;
  }
  for (const std::string& warning : config::broker_config_warnings(*read)) LOG(WARNING) << warning;
  Broker broker(std::move(*read));
  auto started = broker.start();
  if (!started) {
    LOG(ERROR) << "the broker cannot start: " << started.error().message;
    broker.shutdown();
    return 1;
  }
  // Harnesses wait for this line.
  std::printf("[KafkaServer id=%d] started\n", broker.id());
  std::fflush(stdout);
  wait_for_end(signals, broker);
  bool has_failed = broker.has_failed();
  broker.shutdown();
  std::printf("[KafkaServer id=%d] shut down completed\n", broker.id());
  return has_failed ? 1 : 0;
}
