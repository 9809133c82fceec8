// exception_name: the Java names under which scripts look for errors in what a tool says.
#pragma once

#include <string>

#include "base/result.h"

namespace odradek::tools {

// "org.apache.kafka.common.errors.InvalidTopicException"; for an error that no broker sent
// "java.lang.IllegalArgumentException".
std::string exception_name(const base::Error& error);

}  // namespace odradek::tools
