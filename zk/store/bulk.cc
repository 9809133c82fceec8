#include "zk/store/bulk.h"

#include <utility>

#include "base/log.h"
#include "zk/client/bulk_reader.h"
#include "zk/store/nodes.h"

namespace odradek::zk {
namespace {

// Fewer are read as fast on the session's own connection.
constexpr std::size_t kFewestInBulk = 500;
constexpr std::int32_t kTimeoutMs = 2'000;  // of a server that does not answer

base::Result<std::vector<Response>> read_in_bulk(const std::string& servers,
                                                 const std::vector<std::string>& paths) {
  auto reader = BulkReader::connect(servers, kTimeoutMs);
  if (!reader) return reader.error();
  auto responses = reader->read(paths);
  if (!responses) return responses.error();
  for (const Response& response : *responses) {
    if (response.ok() || response.code == Code::kNoNode) continue;
    return error_of(response.code, "reading", response.path);
  }
  return responses;
}

}  // namespace

std::vector<Response> read_each(Session& session, const std::vector<std::string>& paths) {
  std::vector<Request> requests;
  requests.reserve(paths.size());
  for (const std::string& path : paths) requests.push_back(GetData{path});
  return session.execute(std::move(requests));
}

std::vector<Response> read_many(Session& session, const std::vector<std::string>& paths) {
  if (paths.size() >= kFewestInBulk) {
    auto responses = read_in_bulk(session.connect_string(), paths);
    if (responses) return std::move(*responses);
    LOG(INFO) << paths.size() << " nodes are read one by one: " << responses.error().message;
  }
  return read_each(session, paths);
}

}  // namespace odradek::zk
