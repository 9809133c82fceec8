#include "zk/store/fence.h"

#include <span>
#include <string>
#include <utility>

#include "protocol/errors.h"
#include "zk/data/paths.h"
#include "zk/store/nodes.h"

namespace odradek::zk {
namespace {

struct Chunk {
  std::size_t begin;
  std::size_t end;
};

Request fenced(const Fence& fence, std::span<const Op> ops) {
  Multi multi;
  multi.ops.reserve(ops.size() + 1);
  multi.ops.emplace_back(Check{std::string(paths::kControllerEpoch), fence.epoch_zk_version});
  multi.ops.insert(multi.ops.end(), ops.begin(), ops.end());
  return multi;
}

base::Error controller_moved(const Fence& fence) {
  return {
      protocol::ErrorCode::kStaleControllerEpoch,
      "another controller has been elected after epoch " + std::to_string(fence.controller_epoch)};
}

// Of a request that failed as a whole, not because of one of its ops.
bool concerns_request_alone(Code code) {
  return code == Code::kBadArguments || code == Code::kMarshallingError;
}

// Done: results are filled. Else the ops must be tried one by one. An error ends everything.
base::Result<bool> take_chunk(const Fence& fence, const Chunk& chunk, const Response& response,
                              std::vector<FencedResult>& results) {
  for (std::size_t i = chunk.begin; i < chunk.end; ++i) results[i].resent |= response.resent;
  if (response.ok()) {
    for (std::size_t i = chunk.begin; i < chunk.end; ++i) {
      results[i].code = Code::kOk;
      results[i].stat = response.ops[i - chunk.begin + 1].stat;
    }
    return true;
  }
  auto failed = response.failed_op();
  bool says_which = failed && response.ops[*failed].code == response.code;
  // The fence is the first op: it fails with kBadVersion, or kNoNode when the epoch was deleted.
  if (says_which && *failed == 0) return controller_moved(fence);
  if (!says_which && !concerns_request_alone(response.code)) {
    return error_of(response.code, "writing", "as controller");
  }
  if (chunk.end - chunk.begin > 1) return false;
  results[chunk.begin].code = response.code;
  return true;
}

base::Status run_chunks(Session& session, const Fence& fence, std::span<const Op> ops,
                        const std::vector<Chunk>& chunks, std::vector<FencedResult>& results,
                        std::vector<Chunk>& singles) {
  std::vector<Request> requests;
  requests.reserve(chunks.size());
  for (const Chunk& chunk : chunks) {
    requests.push_back(fenced(fence, ops.subspan(chunk.begin, chunk.end - chunk.begin)));
  }
  std::vector<Response> responses = session.execute(std::move(requests));
  for (std::size_t i = 0; i < chunks.size(); ++i) {
    auto done = take_chunk(fence, chunks[i], responses[i], results);
    if (!done) return done.error();
    if (*done) continue;
    for (std::size_t op = chunks[i].begin; op < chunks[i].end; ++op) {
      singles.push_back({op, op + 1});
    }
  }
  return {};
}

}  // namespace

base::Result<std::vector<FencedResult>> execute_fenced(Session& session, const Fence& fence,
                                                       std::vector<Op> ops) {
  std::vector<FencedResult> results(ops.size());
  std::vector<Chunk> chunks;
  for (std::size_t begin = 0; begin < ops.size();) {
    std::size_t end = begin + multi_prefix(std::span<const Op>(ops).subspan(begin));
    chunks.push_back({begin, end});
    begin = end;
  }
  std::vector<Chunk> singles;
  base::Status ran = run_chunks(session, fence, ops, chunks, results, singles);
  if (ran && !singles.empty()) {
    std::vector<Chunk> none;
    ran = run_chunks(session, fence, ops, singles, results, none);
  }
  if (!ran) return ran.error();
  return results;
}

bool is_controller_moved(const base::Error& error) {
  return error.code == static_cast<std::int16_t>(protocol::ErrorCode::kStaleControllerEpoch);
}

}  // namespace odradek::zk
