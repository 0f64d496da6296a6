// What is asked over HTTPS and what is answered, apart from how it travels.
#pragma once

#include <functional>
#include <string>

#include "certs/principal.h"

namespace tamga::log_server {

struct HttpRequest {
  std::string method;  // "GET"
  std::string target;  // "/checkpoint"
  std::string body;
};

struct HttpAnswer {
  unsigned status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
  std::string cache_control = "no-store";
  std::string allow = {};  // methods, with status 405 only
};

// Answers one request of `caller`, whose certificate is good. Thread-safe.
using HttpHandler = std::function<HttpAnswer(const certs::Principal& caller, HttpRequest request)>;

}  // namespace tamga::log_server
