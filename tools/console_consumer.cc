#include "tools/commands.h"
namespace odradek::tools {
int run_console_consumer(const Arguments&) { return 1; }
}  // namespace odradek::tools
