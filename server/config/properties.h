// Java .properties text: reading it as java.util.Properties does, and writing files such as
// meta.properties.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

#include "base/result.h"

namespace odradek::config {

using Properties = std::map<std::string, std::string, std::less<>>;

// A properties file larger than this is refused; no real one comes near it.
constexpr std::size_t kMaxPropertiesBytes = 4 * 1024 * 1024;

// Understands comments (# and !), `=`, `:` or blanks between key and value, continuation lines,
// escapes and \uXXXX. Bytes of valid UTF-8 are kept; other bytes above 127 are taken as ISO-8859-1
// and become UTF-8. The last of several equal keys wins. Fails on malformed \u escapes and size.
base::Result<Properties> parse_properties(std::string_view text);

base::Result<Properties> read_properties(const std::string& path);

// The file's text: an optional comment line, then one escaped `key=value` per line, sorted by key.
std::string format_properties(const Properties& properties, std::string_view comment = {});

}  // namespace odradek::config
