#include <string>

#include "base/log.h"
#include "protocol/errors.h"
#include "protocol/wire/codec_definitions.h"

namespace odradek::protocol {

base::Error unknown_version(const Api& api, std::int16_t version) {
  return {ErrorCode::kUnsupportedVersion,
          std::string(api.name) + " has no version " + std::to_string(version) + ", only " +
              std::to_string(api.min) + " to " + std::to_string(api.max)};
}

base::Error malformed(const Api& api, std::int16_t version, const Reader& reader) {
  base::Error error = reader.error();
  error.message =
      std::string(api.name) + " version " + std::to_string(version) + ", " + error.message;
  return error;
}

void check_version(const Api& api, std::int16_t version) {
  CHECK(api.knows(version)) << api.name << " has no version " << version << ".";
}

}  // namespace odradek::protocol
