// Watches: the handlers of node and child events by path, which outlive ZooKeeper's sessions.
#pragma once

#include <cstddef>
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
  // Whether a read of the path is to arm a watch: where there is a handler. It counts as armed
  // then.
  bool arm_node(const std::string& path);
  bool arm_children(const std::string& path);
  // What the paths of all armed watches take in the request by which the library arms them anew
  // after it has lost the connection, each with `prefix_bytes` in front.
  std::size_t armed_bytes(std::size_t prefix_bytes) const;
  // A new session has none.
  void disarm_all();

  // Event thread only.
  void deliver(const WatchEvent& event);

 private:
  template <class Handler>
  struct Watch {
    std::shared_ptr<Handler> handler;
    bool is_armed = false;
  };
  template <class Handler>
  using ByPath = std::map<std::string, Watch<Handler>, std::less<>>;

  template <class Handler>
  bool arm(ByPath<Handler>& watches, const std::string& path) REQUIRES(mutex_);
  template <class Handler>
  void disarm(const std::string& path, Watch<Handler>& watch) REQUIRES(mutex_);
  // The path's handler, whose watch has fired.
  template <class Handler>
  std::shared_ptr<Handler> fire(ByPath<Handler>& watches, const std::string& path) REQUIRES(mutex_);
  template <class Handler>
  void remove(ByPath<Handler>& watches, const std::string& path) REQUIRES(mutex_);
  void wait_until_idle(const std::string& path) REQUIRES(mutex_);

  mutable base::Mutex mutex_;
  base::CondVar idle_;
  ByPath<NodeHandler> nodes_ GUARDED_BY(mutex_);
  ByPath<ChildHandler> children_ GUARDED_BY(mutex_);
  std::size_t armed_ GUARDED_BY(mutex_) = 0;
  std::size_t armed_path_bytes_ GUARDED_BY(mutex_) = 0;
  std::string running_path_ GUARDED_BY(mutex_);
  std::thread::id running_thread_ GUARDED_BY(mutex_);
};

}  // namespace odradek::zk
