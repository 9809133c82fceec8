#include "zk/client/code.h"

namespace odradek::zk {

std::string_view to_string(Code code) {
  switch (code) {
    case Code::kOk:
      return "ok";
    case Code::kSystemError:
      return "system error";
    case Code::kRuntimeInconsistency:
      return "not tried because another operation of the same transaction failed";
    case Code::kDataInconsistency:
      return "data inconsistency";
    case Code::kConnectionLoss:
      return "connection lost";
    case Code::kMarshallingError:
      return "request too large or malformed (see jute.maxbuffer of the ZooKeeper servers)";
    case Code::kUnimplemented:
      return "not implemented by this ZooKeeper server";
    case Code::kOperationTimeout:
      return "timed out";
    case Code::kBadArguments:
      return "bad arguments";
    case Code::kInvalidState:
      return "invalid state of the client";
    case Code::kNoNode:
      return "no such node";
    case Code::kNoAuth:
      return "not authorised by the node's ACL";
    case Code::kBadVersion:
      return "the node's version is another";
    case Code::kNoChildrenForEphemerals:
      return "ephemeral nodes have no children";
    case Code::kNodeExists:
      return "the node exists";
    case Code::kNotEmpty:
      return "the node has children";
    case Code::kSessionExpired:
      return "session expired";
    case Code::kInvalidAcl:
      return "invalid ACL";
    case Code::kAuthFailed:
      return "authentication failed";
    case Code::kClosing:
      return "the session is closed";
    case Code::kSessionMoved:
      return "the session moved to another server";
    case Code::kThrottled:
      return "throttled by the server";
  }
  return "unknown error";
}

}  // namespace odradek::zk
