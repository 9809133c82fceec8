// BulkReader: reads many nodes with few requests, over a connection and session of its own.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "zk/client/requests.h"

namespace odradek::zk {

// The C client sends every read as packets of its own; a multiRead of two hundred nodes, which it
// does not know, is thirty times faster. Servers have it from 3.6 on.
//
// Belongs to one thread.
class BulkReader {
 public:
  // Tries the servers of "host:port,host:port/chroot" until one answers. Nothing that was written
  // before this is missing in what is read, whichever server it is.
  static base::Result<BulkReader> connect(const std::string& connect_string,
                                          std::int32_t timeout_ms);
  ~BulkReader();
  BulkReader(BulkReader&& other) noexcept;
  BulkReader& operator=(BulkReader&&) = delete;

  // In the order of the paths: kOk with data and stat, kNoNode, or what else it was for that node.
  // An error ends the use of this object; so answer servers that do not know the request.
  base::Result<std::vector<Response>> read(const std::vector<std::string>& paths);

 private:
  explicit BulkReader(int fd, std::string chroot) : fd_(fd), chroot_(std::move(chroot)) {}

  base::Status open_session(std::int32_t timeout_ms);
  base::Status sync();
  base::Status send_all(const std::string& bytes);
  base::Result<std::string> receive_frame();
  std::string request(const std::vector<std::string>& paths, std::size_t first, std::size_t end);
  base::Status take(const std::string& answer, std::size_t first, std::size_t end,
                    std::vector<Response>& responses);

  int fd_ = -1;
  std::string chroot_;
  std::int32_t xid_ = 0;
};

}  // namespace odradek::zk
