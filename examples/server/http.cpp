// SPDX-License-Identifier: MIT
// HTTP by Boost.Beast. All runs on the thread of the io_context.
#include "http.h"

#include "addresses.h"
#include "log.h"

#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>

#include <algorithm>
#include <cctype>
#include <optional>

namespace server {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

using Parser = http::request_parser<http::string_body>;
using Response = http::response<http::string_body>;

std::string copy_of(beast::string_view text) { return {text.data(), text.size()}; }

std::string in_small_letters(std::string text) {
    std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::tolower(c); });
    return text;
}

HttpRequest request_of(const Parser &parser, const tcp::endpoint &peer) {
    const auto &message = parser.get();
    const std::string target = copy_of(message.target());
    HttpRequest request{copy_of(message.method_string()),
                        target.substr(0, target.find('?')),
                        message.body(),
                        name_of(peer),
                        network_of(peer.address()),
                        {}};
    for (const auto &field : message)
        request.headers.emplace(in_small_letters(copy_of(field.name_string())),
                                copy_of(field.value()));
    return request;
}

HttpResponse refusal_of(const error_code &failed) {
    if (failed == http::error::header_limit) return {431, "the head of the request is too long\n"};
    if (failed == http::error::body_limit) return {413, "the body of the request is too long\n"};
    return {400, "that is no HTTP\n"};
}

} // namespace

std::string HttpRequest::header(std::string_view name) const {
    const auto found = headers.find(std::string(name));
    return found == headers.end() ? "" : found->second;
}

class HttpServer::Connection : public HttpAnswer, public std::enable_shared_from_this<Connection> {
  public:
    Connection(tcp::socket socket, const tcp::endpoint &peer, HttpServer &server)
        : stream_(std::move(socket)), timer_(stream_.get_executor()), peer_(peer), server_(server) {
    }

    void read() {
        parser_.emplace();
        parser_->header_limit(static_cast<uint32_t>(server_.limits_.head));
        parser_->body_limit(server_.limits_.body);
        waits_ = true;
        stream_.expires_after(server_.limits_.time);
        http::async_read(stream_, buffer_, *parser_,
                         [self = shared_from_this()](error_code failed, size_t) {
                             if (!self->ended_) self->take(failed);
                         });
    }

    void send(HttpResponse response) override {
        if (ended_ || std::exchange(answered_, true)) return;
        timer_.cancel();
        auto message = std::make_shared<Response>(static_cast<http::status>(response.status),
                                                  parser_->get().version());
        message->set(http::field::content_type, response.type);
        for (const auto &[name, value] : response.headers) message->insert(name, value);
        message->body() = std::move(response.body);
        message->keep_alive(server_.limits_.keep_alive && parser_->is_done() &&
                            parser_->keep_alive());
        message->prepare_payload();
        stream_.expires_after(server_.limits_.time);
        http::async_write(stream_, *message,
                          [self = shared_from_this(), message](error_code failed, size_t) {
                              self->sent(failed || message->need_eof() || !message->keep_alive());
                          });
    }

    void stream(HttpHeaders headers, std::function<std::string()> next) override {
        if (ended_ || std::exchange(answered_, true)) return;
        next_ = std::move(next);
        stream_.expires_never();
        text_ = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n";
        for (const auto &[name, value] : headers) text_ += name + ": " + value + "\r\n";
        text_ += "\r\n";
        write();
        // Nothing more comes from the client, but its end.
        stream_.socket().async_wait(tcp::socket::wait_read,
                                    [self = shared_from_this()](error_code) { self->end(); });
    }

    void stir() {
        if (!next_ || writes_ || ended_) return;
        text_ = next_();
        if (!text_.empty()) write();
    }

    void end() {
        error_code ignored;
        timer_.cancel();
        stream_.socket().shutdown(tcp::socket::shutdown_both, ignored);
        stream_.close();
        if (!std::exchange(ended_, true)) server_.connections_.erase(shared_from_this());
    }

    bool is_stream() const { return static_cast<bool>(next_); }
    bool is_idle() const { return waits_; }

  private:
    void take(error_code failed) {
        waits_ = false;
        answered_ = false;
        if (failed.category() != http::make_error_code(http::error::end_of_stream).category() ||
            failed == http::error::end_of_stream) {
            if (failed) return end();
            return handle();
        }
        send(refusal_of(failed));
    }

    void handle() try {
        timer_.expires_after(server_.limits_.answer);
        timer_.async_wait([self = shared_from_this()](error_code failed) {
            if (!failed) self->send({504, "there was no answer in time\n"});
        });
        server_.handler_(request_of(*parser_, peer_), shared_from_this());
    } catch (const std::exception &problem) {
        log_event(Level::Error, "server_error",
                  {{"from", name_of(peer_)}, {"problem", problem.what()}});
        send({500, "server error\n"});
    }

    void sent(bool last) {
        if (ended_) return;
        if (!last) return read();
        if (parser_->is_done()) return end();
        error_code ignored;
        stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
        stream_.expires_after(std::chrono::seconds(2));
        discard();
    }

    // What a client goes on sending after a refusal, which a reset would take from it.
    void discard() {
        constexpr size_t most = 1 << 20;
        buffer_.clear();
        stream_.async_read_some(
            buffer_.prepare(4096), [self = shared_from_this()](error_code failed, size_t size) {
                if (self->ended_) return;
                self->discarded_ += size;
                failed || self->discarded_ > most ? self->end() : self->discard();
            });
    }

    // Of a stream: who does not take it in time is gone.
    void write() {
        writes_ = true;
        timer_.expires_after(server_.limits_.time);
        timer_.async_wait([self = shared_from_this()](error_code failed) {
            if (!failed) self->end();
        });
        asio::async_write(stream_.socket(), asio::buffer(text_),
                          [self = shared_from_this()](error_code failed, size_t) {
                              self->writes_ = false;
                              self->timer_.cancel();
                              failed ? self->end() : self->stir();
                          });
    }

    beast::tcp_stream stream_;
    asio::steady_timer timer_;
    const tcp::endpoint peer_;
    HttpServer &server_;
    beast::flat_buffer buffer_{64 << 10};
    std::optional<Parser> parser_;
    std::function<std::string()> next_; // of a stream
    std::string text_;                  // that it writes
    size_t discarded_ = 0;              // bytes
    bool waits_ = false, answered_ = false, writes_ = false, ended_ = false;
};

HttpServer::HttpServer(asio::io_context &io, const std::string &place, const std::string &option,
                       HttpLimits limits, Handler handler)
    : acceptor_(io), rest_(io), limits_(limits), handler_(std::move(handler)) {
    listen_on(acceptor_, parse_place(place, option), option);
}

HttpServer::~HttpServer() = default;

void HttpServer::start() { accept(); }

void HttpServer::accept() {
    acceptor_.async_accept([this](error_code failed, tcp::socket socket) {
        if (!acceptor_.is_open()) return;
        if (!failed) {
            take_in(std::move(socket));
            return accept();
        }
        rest_.expires_after(std::chrono::milliseconds(100)); // e.g. no descriptors
        rest_.async_wait([this](error_code stopped) {
            if (!stopped) accept();
        });
    });
}

void HttpServer::take_in(tcp::socket socket) {
    error_code failed;
    const tcp::endpoint peer = socket.remote_endpoint(failed);
    if (failed || (connections_.size() >= limits_.connections && !make_place())) return;
    socket.set_option(tcp::no_delay(true), failed);
    const auto connection = std::make_shared<Connection>(std::move(socket), peer, *this);
    connections_.insert(connection);
    connection->read();
}

// Who asks nothing shuts out nobody.
bool HttpServer::make_place() {
    const auto idle = std::ranges::find_if(
        connections_, [](const auto &connection) { return connection->is_idle(); });
    if (idle == connections_.end()) return false;
    std::shared_ptr<Connection>(*idle)->end();
    return true;
}

void HttpServer::stir() {
    for (const auto &connection : std::vector(connections_.begin(), connections_.end()))
        connection->stir();
}

size_t HttpServer::streams() const {
    return static_cast<size_t>(std::ranges::count_if(
        connections_, [](const auto &connection) { return connection->is_stream(); }));
}

void HttpServer::close() {
    error_code ignored;
    acceptor_.close(ignored);
    rest_.cancel();
    while (!connections_.empty()) std::shared_ptr<Connection>(*connections_.begin())->end();
}

} // namespace server
