// What Kafka's own classes made of record sets: data/golden.txt.gz, read for the tests.
#pragma once

#include <zlib.h>

#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/crc32c.h"
#include "base/log.h"
#include "protocol/record/batch.h"
#include "protocol/record/record_iterator.h"

namespace odradek::protocol {

struct GoldenSet {
  base::Bytes bytes;
  int count = -1;  // -1: not told
  std::uint32_t digest = 0;
  std::vector<std::string> records;
};

struct Golden {
  std::map<std::string, GoldenSet> sets;
  std::vector<std::vector<std::string>> validations;
  std::vector<std::vector<std::string>> down_conversions;
};

inline base::Bytes bytes_from_hex(const std::string& hex) {
  base::Bytes bytes;
  if (hex == "_") return bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes.push_back(static_cast<std::uint8_t>(std::stoi(hex.substr(i, 2), nullptr, 16)));
  }
  return bytes;
}

inline std::string hex_or_dash(std::optional<base::ByteView> bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  if (!bytes) return "-";
  if (bytes->empty()) return "_";
  std::string hex;
  for (std::uint8_t byte : *bytes) {
    hex += kDigits[byte >> 4];
    hex += kDigits[byte & 15];
  }
  return hex;
}

// A record as the golden file writes it.
inline std::string text_of(const Record& record) {
  std::string headers;
  for (const RecordHeader& header : record.headers()) {
    if (!headers.empty()) headers += ",";
    headers += hex_or_dash(base::as_bytes(header.key)) + ":" + hex_or_dash(header.value);
  }
  return std::to_string(record.offset) + " " + std::to_string(record.timestamp) + " " +
         hex_or_dash(record.key) + " " + hex_or_dash(record.value) + " " +
         (headers.empty() ? "-" : headers);
}

struct WalkedSet {
  int count = 0;
  std::uint32_t digest = 0;
  std::vector<std::string> records;
  base::Status status;
};

inline WalkedSet walk_set(base::ByteView bytes) {
  WalkedSet walked;
  BatchReader reader(bytes);
  while (walked.status.ok()) {
    auto batch = reader.next();
    if (!batch) walked.status = batch.error();
    if (!batch || !*batch) break;
    RecordIterator records(**batch);
    while (const Record* record = records.next()) {
      std::string text = text_of(*record);
      walked.digest = base::extend_crc32(walked.digest, base::as_bytes(text + "\n"));
      walked.records.push_back(std::move(text));
      ++walked.count;
    }
    walked.status = records.status();
  }
  return walked;
}

inline std::string read_gzip_file(const std::string& path) {
  gzFile file = gzopen(path.c_str(), "rb");
  CHECK(file != nullptr) << path;
  std::string text;
  char buffer[65536];
  for (int n = gzread(file, buffer, sizeof buffer); n > 0;
       n = gzread(file, buffer, sizeof buffer)) {
    text.append(buffer, static_cast<std::size_t>(n));
  }
  gzclose(file);
  return text;
}

inline const Golden& golden() {
  static const Golden* loaded = [] {
    auto* golden = new Golden;
    std::istringstream lines(read_gzip_file(std::string(ODRADEK_SOURCE_DIR) +
                                            "/tests/protocol/record/data/golden.txt.gz"));
    std::string line;
    GoldenSet* set = nullptr;
    while (std::getline(lines, line)) {
      std::istringstream words(line);
      std::string kind;
      words >> kind;
      if (kind == "record") {
        set->records.push_back(line.substr(7));
        continue;
      }
      std::vector<std::string> fields;
      for (std::string word; words >> word;) fields.push_back(word);
      if (kind == "set" || kind == "raw") {
        set = &golden->sets[fields[0]];
        set->bytes = bytes_from_hex(fields[1]);
      } else if (kind == "records") {
        set->count = std::stoi(fields[0]);
        set->digest = static_cast<std::uint32_t>(std::stoul(fields[1]));
      } else if (kind == "validate") {
        golden->validations.push_back(fields);
      } else {
        golden->down_conversions.push_back(fields);
      }
    }
    return golden;
  }();
  return *loaded;
}

}  // namespace odradek::protocol
