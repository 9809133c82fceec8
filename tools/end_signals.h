// EndSignals: SIGINT and SIGTERM as a wish to end that loops look at.
#pragma once

namespace odradek::tools {

// At most one in a process, made on the main thread before others. A second signal ends the process
// at once.
class EndSignals {
 public:
  EndSignals();
  // The number of the signal that came, 0 when none has.
  int received() const;
};

}  // namespace odradek::tools
