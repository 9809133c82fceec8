// ConsumerOffsets: committed offsets below /consumers, many per round trip (zookeeper.md §5).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "protocol/types.h"
#include "zk/client/session.h"

namespace odradek::zk {

struct StoredOffset {
  protocol::Offset offset = 0;
  std::int64_t mtime_ms = 0;  // commit time by the server's clock
  std::int64_t mzxid = 0;     // commit order
};

struct OffsetCommit {
  std::string group;
  protocol::TopicPartition partition;
  protocol::Offset offset = 0;
};

// A node beside the plain offsets, for what the decimal cannot hold; path and data as given.
struct OffsetNode {
  std::string path;
  std::string data;
};

struct StoredNode {
  std::string data;
  std::int64_t mzxid = 0;  // in one order with those of the offsets
};

// Safe from any thread.
class ConsumerOffsets {
 public:
  // Reads of one round trip wait for `read_timeout_ms`, without one for as long as the session
  // lives; what takes longer is an error.
  explicit ConsumerOffsets(Session& session, std::optional<std::int64_t> read_timeout_ms = {})
      : session_(session), read_timeout_ms_(read_timeout_ms) {}

  // Pipelined, in the order asked; nullopt where there is no node or no number in it.
  base::Result<std::vector<std::optional<StoredOffset>>> read(
      const std::string& group, const std::vector<protocol::TopicPartition>& partitions);
  // All that the group has committed.
  base::Result<std::vector<std::pair<protocol::TopicPartition, StoredOffset>>> read_all(
      const std::string& group);
  // Groups with a node (not all of them have offsets).
  base::Result<std::vector<std::string>> groups();

  // Acknowledged when ZooKeeper has them: many in one multi, op by op where one of them fails,
  // creating what is missing. One code per commit, in order. Always writes, also an unchanged
  // value.
  std::vector<Code> commit(const std::vector<OffsetCommit>& commits);
  // The same for any nodes. Also op by op they are written in the order given.
  std::vector<Code> write(std::vector<OffsetNode> nodes);
  // Any nodes, pipelined; nullopt where missing.
  base::Result<std::vector<std::optional<StoredNode>>> read_nodes(
      const std::vector<std::string>& paths);

  // Removes the group's offsets of these partitions with what stands beside them, and the nodes
  // above that have no other children then; missing ones are no error.
  base::Status remove(const std::string& group,
                      const std::vector<protocol::TopicPartition>& partitions);
  // Everything of the group.
  base::Status remove_group(const std::string& group);

 private:
  std::vector<Response> ask(std::vector<Request> requests);
  void write_each(const std::vector<OffsetNode>& nodes, const std::vector<std::size_t>& which,
                  std::vector<Code>& codes);

  Session& session_;
  const std::optional<std::int64_t> read_timeout_ms_;
};

}  // namespace odradek::zk
