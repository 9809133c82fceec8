// Deletions: the topics that are to be deleted, /admin/delete_topics (zookeeper.md §1.10, §2.6).
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "zk/client/session.h"
#include "zk/store/fence.h"

namespace odradek::zk {

// Safe from any thread.
class Deletions {
 public:
  explicit Deletions(Session& session) : session_(session) {}

  // Arms the child watch if `watch` and there is a handler.
  base::Result<std::vector<std::string>> topics(bool watch = true);
  // Marking twice is a success.
  base::Status mark(const std::string& topic);
  base::Status unmark(const Fence& fence, const std::vector<std::string>& topics);

 private:
  Session& session_;
};

}  // namespace odradek::zk
