#include "zk/store/offsets.h"

#include <algorithm>
#include <memory>
#include <set>
#include <span>
#include <utility>

#include "base/deadline.h"
#include "base/mutex.h"
#include "base/text.h"
#include "zk/data/consumer.h"
#include "zk/data/paths.h"
#include "zk/store/nodes.h"

namespace odradek::zk {
namespace {

// The nodes that must be there before the leaves, each before its own children.
std::set<std::string> ancestors(const std::vector<OffsetNode>& nodes,
                                const std::vector<std::size_t>& which) {
  std::set<std::string> all;  // a parent sorts before its children
  for (std::size_t i : which) {
    std::string_view path = paths::parent(nodes[i].path);
    while (!path.empty() && all.emplace(path).second) path = paths::parent(path);
  }
  return all;
}

Request set_data(const OffsetNode& node) { return SetData{node.path, node.data}; }

Request create(const OffsetNode& node) {
  return Create{node.path, node.data, CreateMode::kPersistent, {}};
}

std::vector<std::size_t> with_code(const std::vector<Code>& codes,
                                   const std::vector<std::size_t>& which, Code code) {
  std::vector<std::size_t> found;
  for (std::size_t i : which) {
    if (codes[i] == code) found.push_back(i);
  }
  return found;
}

void set_each(Session& session, const std::vector<OffsetNode>& nodes,
              const std::vector<std::size_t>& which, std::vector<Code>& codes) {
  std::vector<Request> requests;
  for (std::size_t i : which) requests.push_back(set_data(nodes[i]));
  std::vector<Response> responses = session.execute(std::move(requests));
  for (std::size_t i = 0; i < which.size(); ++i) codes[which[i]] = responses[i].code;
}

// Whether the ops of a failed multi deserve a try of their own.
bool is_session_gone(Code code) { return code == Code::kSessionExpired || code == Code::kClosing; }

}  // namespace

// An answer that comes too late finds nobody.
std::vector<Response> ConsumerOffsets::ask(std::vector<Request> requests) {
  if (!read_timeout_ms_) return session_.execute(std::move(requests));
  struct Waiting {
    base::Mutex mutex;
    base::CondVar changed;
    std::vector<Response> responses GUARDED_BY(mutex);
    std::size_t left GUARDED_BY(mutex) = 0;
  };
  auto waiting = std::make_shared<Waiting>();
  {
    base::MutexLock lock(waiting->mutex);
    waiting->responses.resize(requests.size(), Response{.code = Code::kOperationTimeout});
    waiting->left = requests.size();
  }
  auto deadline = base::steady_after_ms(*read_timeout_ms_);
  for (std::size_t i = 0; i < requests.size(); ++i) {
    session_.send(std::move(requests[i]), [waiting, i](Response response) {
      base::MutexLock lock(waiting->mutex);
      waiting->responses[i] = std::move(response);
      if (--waiting->left == 0) waiting->changed.notify_all();
    });
  }
  base::MutexLock lock(waiting->mutex);
  while (waiting->left > 0 && waiting->changed.wait_until(waiting->mutex, deadline)) {
  }
  return waiting->responses;
}

base::Result<std::vector<std::optional<StoredOffset>>> ConsumerOffsets::read(
    const std::string& group, const std::vector<protocol::TopicPartition>& partitions) {
  std::vector<Request> requests;
  requests.reserve(partitions.size());
  for (const auto& each : partitions) {
    requests.push_back(GetData{paths::consumer_offset(group, each.topic, each.partition)});
  }
  std::vector<Response> responses = ask(std::move(requests));
  std::vector<std::optional<StoredOffset>> offsets(partitions.size());
  for (std::size_t i = 0; i < partitions.size(); ++i) {
    const Response& response = responses[i];
    if (response.code == Code::kNoNode) continue;
    if (!response.ok()) return error_of(response.code, "reading", response.path);
    auto offset = decode_offset(response.data.value_or(""));
    if (!offset) continue;
    offsets[i] = StoredOffset{*offset, response.stat.mtime_ms, response.stat.mzxid};
  }
  return offsets;
}

base::Result<std::vector<std::pair<protocol::TopicPartition, StoredOffset>>>
ConsumerOffsets::read_all(const std::string& group) {
  Response listed = ask({GetChildren{paths::consumer_offsets(group), false}}).front();
  if (!listed.ok() && listed.code != Code::kNoNode) {
    return error_of(listed.code, "listing", paths::consumer_offsets(group));
  }
  std::vector<std::string> topics = std::move(listed.children);
  std::sort(topics.begin(), topics.end());
  std::vector<Request> lists;
  for (const std::string& topic : topics) {
    lists.push_back(GetChildren{paths::consumer_topic_offsets(group, topic), false});
  }
  std::vector<Response> responses = ask(std::move(lists));
  std::vector<protocol::TopicPartition> partitions;
  for (std::size_t i = 0; i < responses.size(); ++i) {
    const Response& response = responses[i];
    if (!response.ok() && response.code != Code::kNoNode) {
      return error_of(response.code, "listing", response.path);
    }
    for (const std::string& name : response.children) {
      auto partition = base::parse_int<std::int32_t>(name, 0);
      if (partition) partitions.push_back({topics[i], *partition});
    }
  }
  std::sort(partitions.begin(), partitions.end());
  auto offsets = read(group, partitions);
  if (!offsets) return offsets.error();
  std::vector<std::pair<protocol::TopicPartition, StoredOffset>> all;
  for (std::size_t i = 0; i < partitions.size(); ++i) {
    if ((*offsets)[i]) all.emplace_back(std::move(partitions[i]), *(*offsets)[i]);
  }
  return all;
}

base::Result<std::vector<std::string>> ConsumerOffsets::groups() {
  auto names = children_of(session_, paths::kConsumers, false);
  if (names) std::sort(names->begin(), names->end());
  return names;
}

std::vector<Code> ConsumerOffsets::commit(const std::vector<OffsetCommit>& commits) {
  std::vector<OffsetNode> nodes;
  nodes.reserve(commits.size());
  for (const OffsetCommit& commit : commits) {
    const auto& [topic, partition] = commit.partition;
    nodes.push_back(
        {paths::consumer_offset(commit.group, topic, partition), encode_offset(commit.offset)});
  }
  return write(std::move(nodes));
}

std::vector<Code> ConsumerOffsets::write(std::vector<OffsetNode> nodes) {
  std::vector<Op> ops;
  ops.reserve(nodes.size());
  for (const OffsetNode& node : nodes) ops.emplace_back(SetData{node.path, node.data});
  std::vector<std::size_t> ends;
  std::vector<Request> requests;
  for (std::size_t begin = 0; begin < ops.size();) {
    auto rest = std::span<const Op>(ops).subspan(begin);
    auto chunk = rest.first(multi_prefix(rest));
    requests.push_back(Multi{{chunk.begin(), chunk.end()}});
    begin += chunk.size();
    ends.push_back(begin);
  }
  std::vector<Response> responses = session_.execute(std::move(requests));
  std::vector<Code> codes(nodes.size(), Code::kOk);
  std::vector<std::size_t> again;
  std::set<std::string_view> late;  // also what a later multi wrote over what comes late now
  for (std::size_t chunk = 0; chunk < ends.size(); ++chunk) {
    Code code = responses[chunk].code;
    for (std::size_t i = chunk == 0 ? 0 : ends[chunk - 1]; i < ends[chunk]; ++i) {
      codes[i] = code;
      bool is_again = code != Code::kOk || late.contains(nodes[i].path);
      if (!is_again || is_session_gone(code)) continue;
      again.push_back(i);
      late.insert(nodes[i].path);
    }
  }
  if (!again.empty()) write_each(nodes, again, codes);
  return codes;
}

// The server does them in the order sent, so nobody ever sees a node ahead of one given before it.
void ConsumerOffsets::write_each(const std::vector<OffsetNode>& nodes,
                                 const std::vector<std::size_t>& which, std::vector<Code>& codes) {
  std::vector<Request> questions;
  for (std::size_t i : which) questions.push_back(Exists{nodes[i].path});
  std::vector<Response> found = session_.execute(std::move(questions));
  std::vector<std::size_t> missing;
  std::set<std::string_view> missing_paths;
  for (std::size_t i = 0; i < which.size(); ++i) {
    bool is_missing = found[i].code == Code::kNoNode;
    // An earlier entry of this very batch creates it for the later ones.
    if (is_missing && missing_paths.insert(nodes[which[i]].path).second) {
      missing.push_back(which[i]);
    }
  }
  std::vector<Request> requests;
  for (const std::string& parent : ancestors(nodes, missing)) {
    requests.push_back(Create{parent, std::nullopt, CreateMode::kPersistent, {}});
  }
  const std::size_t first_leaf = requests.size();
  for (std::size_t i : which) {
    bool is_missing = std::binary_search(missing.begin(), missing.end(), i);
    requests.push_back(is_missing ? create(nodes[i]) : set_data(nodes[i]));
  }
  std::vector<Response> responses = session_.execute(std::move(requests));
  for (std::size_t i = 0; i < which.size(); ++i) {
    codes[which[i]] = responses[first_leaf + i].code;
  }
  const std::vector<std::size_t> existing = with_code(codes, missing, Code::kNodeExists);
  if (existing.empty()) return;
  // Created meanwhile, by somebody else or by a request that was sent again: from there on all are
  // written once more, so that the last of each node counts.
  const auto from = std::lower_bound(which.begin(), which.end(), existing.front());
  set_each(session_, nodes, {from, which.end()}, codes);
}

base::Result<std::vector<std::optional<StoredNode>>> ConsumerOffsets::read_nodes(
    const std::vector<std::string>& paths) {
  std::vector<Request> requests;
  requests.reserve(paths.size());
  for (const std::string& path : paths) requests.push_back(GetData{path});
  std::vector<std::optional<StoredNode>> nodes;
  nodes.reserve(paths.size());
  for (Response& response : ask(std::move(requests))) {
    if (!response.ok() && response.code != Code::kNoNode) {
      return error_of(response.code, "reading", response.path);
    }
    auto& node = nodes.emplace_back();
    if (response.data) node = {std::move(*response.data), response.stat.mzxid};
  }
  return nodes;
}

base::Status ConsumerOffsets::remove(const std::string& group,
                                     const std::vector<protocol::TopicPartition>& partitions) {
  std::vector<Request> requests;
  std::set<std::string, std::greater<>> parents;  // a parent sorts after its children
  for (const auto& each : partitions) {
    for (std::string path : {paths::consumer_offset(group, each.topic, each.partition),
                             paths::consumer_offset_details(group, each.topic, each.partition)}) {
      for (std::string_view parent = paths::parent(path); parent != paths::kConsumers;
           parent = paths::parent(parent)) {
        parents.emplace(parent);
      }
      requests.push_back(Delete{std::move(path)});
    }
  }
  for (const std::string& parent : parents) requests.push_back(Delete{parent});
  for (const Response& response : session_.execute(std::move(requests))) {
    bool is_done = response.ok() || response.code == Code::kNoNode;
    if (is_done || response.code == Code::kNotEmpty) continue;
    return error_of(response.code, "deleting", response.path);
  }
  return {};
}

base::Status ConsumerOffsets::remove_group(const std::string& group) {
  return delete_recursive(session_, paths::consumer_group(group));
}

}  // namespace odradek::zk
