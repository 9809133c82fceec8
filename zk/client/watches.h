// Watches: the handlers of node and child events by path, which outlive ZooKeeper's sessions.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>

#include "base/mutex.h"

namespace odradek::zk {

enum class NodeEvent : std::uint8_t { kCreated, kDeleted, kDataChanged };

// What the server sent.
struct WatchEvent {
  enum class Type : std::uint8_t { kCreated, kDeleted, kDataChanged, kChildrenChanged };
  Type type;
  std::string path;
};

// One handler of each kind per path; setting it again replaces it. A handler alone arms nothing: a
// watch is armed by the next read of the path and fires once. After a change of session the owner
// reads again (SessionObserver::after_reconnect).
//
// Handlers run on the session's event thread; they may read and write ZooKeeper, but should rather
// queue an event. Safe from any thread. The remove functions return only when the handler does not
// run any more (unless called by it), so call them without a lock that the handler takes.
class Watches {
 public:
  using NodeHandler = std::function<void(NodeEvent)>;
  using ChildHandler = std::function<void()>;

  void set_node_handler(const std::string& path, NodeHandler handler);
  void set_child_handler(const std::string& path, ChildHandler handler);
  void remove_node_handler(const std::string& path);
  void remove_child_handler(const std::string& path);
  bool has_node_handler(const std::string& path) const;
  bool has_child_handler(const std::string& path) const;

  // Event thread only.
  void deliver(const WatchEvent& event);

 private:
  void wait_until_idle(const std::string& path) REQUIRES(mutex_);

  mutable base::Mutex mutex_;
  base::CondVar idle_;
  std::map<std::string, std::shared_ptr<NodeHandler>, std::less<>> node_handlers_
      GUARDED_BY(mutex_);
  std::map<std::string, std::shared_ptr<ChildHandler>, std::less<>> child_handlers_
      GUARDED_BY(mutex_);
  std::string running_path_ GUARDED_BY(mutex_);
  std::thread::id running_thread_ GUARDED_BY(mutex_);
};

}  // namespace odradek::zk
