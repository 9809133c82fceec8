#include "tools/commands.h"
namespace odradek::tools {
int run_dump_log(const Arguments&) { return 1; }
}  // namespace odradek::tools
