#include "tests/fuzz/targets.h"

#include <array>

namespace odradek::fuzz {

std::span<const Target> every_target() {
  static const std::array kTargets{
      appends_target,  files_target,     logs_target,   properties_target, records_target,
      requests_target, responses_target, stored_target, stores_target,     znodes_target};
  return kTargets;
}

}  // namespace odradek::fuzz
