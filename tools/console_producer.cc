#include "tools/commands.h"
namespace odradek::tools {
int run_console_producer(const Arguments&) { return 1; }
}  // namespace odradek::tools
