#include "tools/end_signals.h"

#include <csignal>

namespace odradek::tools {
namespace {

volatile std::sig_atomic_t received_signal = 0;

void remember(int signal) {
  received_signal = signal;
  std::signal(signal, SIG_DFL);
}

}  // namespace

EndSignals::EndSignals() {
  struct sigaction action {};
  action.sa_handler = remember;  // without SA_RESTART: a read that waits ends
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

int EndSignals::received() const { return received_signal; }

}  // namespace odradek::tools
