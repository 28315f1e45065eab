<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN">
<context>
    <name>AddressBar</name>
    <message>
        <source>This is no valid host name or address</source>
        <translation>这不是有效的主机名或地址</translation>
    </message>
    <message>
        <source>The port must be a number from 1 to 65535</source>
        <translation>端口必须是 1 到 65535 之间的数字</translation>
    </message>
    <message>
        <source>A WebSocket address has no #fragment (RFC 6455 §3)</source>
        <translation>WebSocket 地址不能带 #fragment（RFC 6455 §3）</translation>
    </message>
    <message>
        <source>This character must be percent-encoded</source>
        <translation>此字符必须进行百分号编码</translation>
    </message>
    <message>
        <source>Only ws:// and wss:// addresses can be opened</source>
        <translation>只能打开 ws:// 和 wss:// 地址</translation>
    </message>
    <message>
        <source>Type where to connect, for example wss://example.com/chat</source>
        <translation>输入要连接的地址，例如 wss://example.com/chat</translation>
    </message>
    <message>
        <source>The address must begin with ws:// or wss://</source>
        <translation>地址必须以 ws:// 或 wss:// 开头</translation>
    </message>
    <message>
        <source>The host is missing after ://</source>
        <translation>:// 之后缺少主机</translation>
    </message>
</context>
<context>
    <name>Confirm</name>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
</context>
<context>
    <name>ConnectionTrust</name>
    <message>
        <source>certificate not trusted</source>
        <translation>证书不受信任</translation>
    </message>
</context>
<context>
    <name>Export</name>
    <message>
        <source>Export records</source>
        <translation>导出记录</translation>
    </message>
    <message>
        <source>&amp;Selected rows (%1)</source>
        <translation>选中的行(&amp;S)（%1）</translation>
    </message>
    <message>
        <source>All &amp;rows of the timeline (%1)</source>
        <translation>时间线的所有行(&amp;R)（%1）</translation>
    </message>
    <message>
        <source>All records of the &amp;capture (%1)</source>
        <translation>捕获的所有记录(&amp;C)（%1）</translation>
    </message>
    <message>
        <source>&amp;JSON Lines: everything that a record holds</source>
        <translation>&amp;JSON Lines：记录的全部内容</translation>
    </message>
    <message>
        <source>CS&amp;V: what a row says, for a spreadsheet</source>
        <translation>CS&amp;V：行中所示的内容，供电子表格使用</translation>
    </message>
    <message>
        <source>Include &amp;passwords, tokens and cookies</source>
        <translation>包含密码、令牌和 Cookie(&amp;P)</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>导出…</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>What</source>
        <translation>内容</translation>
    </message>
    <message>
        <source>As</source>
        <translation>格式</translation>
    </message>
</context>
<context>
    <name>FilterText</name>
    <message>
        <source>true or false</source>
        <translation>true 或 false</translation>
    </message>
    <message>
        <source>a number, such as 125 or 1 KiB</source>
        <translation>数字，例如 125 或 1 KiB</translation>
    </message>
    <message>
        <source>a duration, such as 50 ms</source>
        <translation>时长，例如 50 ms</translation>
    </message>
    <message>
        <source>a name, such as %1</source>
        <translation>名称，例如 %1</translation>
    </message>
    <message>
        <source>octets, such as 00:ff, or a text in quotes</source>
        <translation>字节（例如 00:ff）或引号中的文本</translation>
    </message>
    <message>
        <source>a text in quotes, a number, true or false</source>
        <translation>引号中的文本、数字、true 或 false</translation>
    </message>
    <message>
        <source>a text in quotes</source>
        <translation>引号中的文本</translation>
    </message>
    <message>
        <source>The filter is too long; it may have 4,096 octets and sets of 256 values.</source>
        <translation>过滤器太长；最多 4,096 字节，集合最多 256 个值。</translation>
    </message>
    <message>
        <source>Too many parentheses or negations within each other.</source>
        <translation>括号或取反嵌套过多。</translation>
    </message>
    <message>
        <source>A field is expected here, such as websocket.opcode.</source>
        <translation>此处应为字段，例如 websocket.opcode。</translation>
    </message>
    <message>
        <source>A field is expected instead of &quot;%1&quot;.</source>
        <translation>此处应为字段，而不是“%1”。</translation>
    </message>
    <message>
        <source>There is no field &quot;%1&quot;.</source>
        <translation>没有字段“%1”。</translation>
    </message>
    <message>
        <source>There is no field &quot;%1&quot;. Did you mean %2?</source>
        <translation>没有字段“%1”。您是指 %2 吗？</translation>
    </message>
    <message>
        <source>json.path wants a path: json.path(&quot;$.type&quot;).</source>
        <translation>json.path 需要路径：json.path(&quot;$.type&quot;)。</translation>
    </message>
    <message>
        <source>http.header wants a name: http.header(&quot;Upgrade&quot;).</source>
        <translation>http.header 需要名称：http.header(&quot;Upgrade&quot;)。</translation>
    </message>
    <message>
        <source>&quot;%1&quot; is no path. A path begins with $, then .name or [0] follow: $.items[0].id.</source>
        <translation>“%1”不是路径。路径以 $ 开头，后跟 .name 或 [0]：$.items[0].id。</translation>
    </message>
    <message>
        <source>%1 cannot be asked with %2.</source>
        <translation>%1 不能用 %2 查询。</translation>
    </message>
    <message>
        <source>&quot;in&quot; wants a set: {1, 3..5}.</source>
        <translation>“in”需要集合：{1, 3..5}。</translation>
    </message>
    <message>
        <source>%1 is compared with %2.</source>
        <translation>%1 要与%2比较。</translation>
    </message>
    <message>
        <source>%1 has no name &quot;%2&quot;, but %3.</source>
        <translation>%1 没有名称“%2”，而有 %3。</translation>
    </message>
    <message>
        <source>&quot;%1&quot; has no unit of time: ns, us, ms, s, min or h.</source>
        <translation>“%1”缺少时间单位：ns、us、ms、s、min 或 h。</translation>
    </message>
    <message>
        <source>&quot;%1&quot; is no number here.</source>
        <translation>“%1”在此处不是数字。</translation>
    </message>
    <message>
        <source>The text has no closing quotation mark.</source>
        <translation>文本缺少结束引号。</translation>
    </message>
    <message>
        <source>The pattern cannot be used: %1.</source>
        <translation>此模式无法使用：%1。</translation>
    </message>
    <message>
        <source>&amp;&amp; or || is expected before &quot;%1&quot;.</source>
        <translation>“%1”之前应有 &amp;&amp; 或 ||。</translation>
    </message>
    <message>
        <source>&quot;%1&quot; is missing.</source>
        <translation>缺少“%1”。</translation>
    </message>
    <message>
        <source>The record is a frame.</source>
        <translation>该记录是一个帧。</translation>
    </message>
    <message>
        <source>The frame&apos;s opcode.</source>
        <translation>帧的操作码。</translation>
    </message>
    <message>
        <source>FIN: the last fragment of its message.</source>
        <translation>FIN：消息的最后一个分片。</translation>
    </message>
    <message>
        <source>The three reserved bits as a number, RSV1 is 4.</source>
        <translation>三个保留位组成的数字，RSV1 为 4。</translation>
    </message>
    <message>
        <source>The payload is masked.</source>
        <translation>载荷经过掩码。</translation>
    </message>
    <message>
        <source>The masking key&apos;s four octets.</source>
        <translation>掩码密钥的四个字节。</translation>
    </message>
    <message>
        <source>The payload length that the frame&apos;s header says, in octets.</source>
        <translation>帧头所示的载荷长度（字节）。</translation>
    </message>
    <message>
        <source>The payload&apos;s octets as meant: unmasked, and inflated where it was compressed.</source>
        <translation>载荷的实际字节：已去掩码，若经压缩则已解压。</translation>
    </message>
    <message>
        <source>The same of text frames and continuations, as text.</source>
        <translation>文本帧及其后续分片的载荷，作为文本。</translation>
    </message>
    <message>
        <source>The code in a Close frame.</source>
        <translation>Close 帧中的代码。</translation>
    </message>
    <message>
        <source>The reason in a Close frame.</source>
        <translation>Close 帧中的原因。</translation>
    </message>
    <message>
        <source>The length of a whole message as meant, in octets; of its only frame, or of the record that ends it.</source>
        <translation>整条消息的实际长度（字节）；取自其唯一的帧，或结束该消息的记录。</translation>
    </message>
    <message>
        <source>What the frame takes on the wire, header included, in octets.</source>
        <translation>帧在线路上占用的字节数，含帧头。</translation>
    </message>
    <message>
        <source>What stands at a path of a JSON payload: $.name, $[&apos;a name&apos;], $.list[0].</source>
        <translation>JSON 载荷某路径处的值：$.name、$[&apos;a name&apos;]、$.list[0]。</translation>
    </message>
    <message>
        <source>Whose octets they are: sent is from client to server where Frameglass only watches.</source>
        <translation>字节的方向：在 Frameglass 仅旁观时，sent 指从客户端到服务器。</translation>
    </message>
    <message>
        <source>The connection&apos;s number in the capture.</source>
        <translation>连接在捕获中的编号。</translation>
    </message>
    <message>
        <source>What kind of record it is.</source>
        <translation>记录的类型。</translation>
    </message>
    <message>
        <source>The connection&apos;s state at that record.</source>
        <translation>该记录时连接的状态。</translation>
    </message>
    <message>
        <source>Since the capture began.</source>
        <translation>自捕获开始以来。</translation>
    </message>
    <message>
        <source>Since the frame before it in its connection.</source>
        <translation>自该连接的上一帧以来。</translation>
    </message>
    <message>
        <source>Of a Pong: since the Ping that it answers.</source>
        <translation>对 Pong：自其应答的 Ping 以来。</translation>
    </message>
    <message>
        <source>A rule that was broken, in a record of its own after the frame.</source>
        <translation>被违反的规则，位于该帧之后的单独记录中。</translation>
    </message>
    <message>
        <source>The status of a response to the opening handshake.</source>
        <translation>打开握手响应的状态码。</translation>
    </message>
    <message>
        <source>The value of a field of a request or response head; several are joined by commas.</source>
        <translation>请求或响应头部某字段的值；多个值以逗号连接。</translation>
    </message>
</context>
<context>
    <name>HeadRows</name>
    <message>
        <source>names the server</source>
        <translation>指明服务器</translation>
    </message>
    <message>
        <source>asks for websocket</source>
        <translation>请求 websocket</translation>
    </message>
    <message>
        <source>agrees to websocket</source>
        <translation>同意 websocket</translation>
    </message>
    <message>
        <source>contains upgrade</source>
        <translation>包含 upgrade</translation>
    </message>
    <message>
        <source>16 octets in base64</source>
        <translation>16 字节的 base64</translation>
    </message>
    <message>
        <source>the version of RFC 6455</source>
        <translation>RFC 6455 规定的版本</translation>
    </message>
    <message>
        <source>the versions the server speaks</source>
        <translation>服务器支持的版本</translation>
    </message>
    <message>
        <source>computed from the key, see below</source>
        <translation>由 key 计算得出，见下文</translation>
    </message>
    <message>
        <source>subprotocols on offer</source>
        <translation>提供的子协议</translation>
    </message>
    <message>
        <source>one of those on offer</source>
        <translation>所提供的子协议之一</translation>
    </message>
    <message>
        <source>extensions on offer</source>
        <translation>提供的扩展</translation>
    </message>
    <message>
        <source>extensions agreed</source>
        <translation>商定的扩展</translation>
    </message>
    <message>
        <source>the page that asks</source>
        <translation>发起请求的页面</translation>
    </message>
    <message>
        <source>asks with GET over HTTP/1.1</source>
        <translation>以 HTTP/1.1 的 GET 请求</translation>
    </message>
    <message>
        <source>switches to the WebSocket protocol</source>
        <translation>切换到 WebSocket 协议</translation>
    </message>
    <message>
        <source>read</source>
        <translation>读取</translation>
    </message>
    <message>
        <source>not part of the WebSocket handshake</source>
        <translation>不属于 WebSocket 握手</translation>
    </message>
    <message>
        <source>ok</source>
        <translation>正常</translation>
    </message>
    <message>
        <source>odd</source>
        <translation>异常</translation>
    </message>
    <message>
        <source>wrong</source>
        <translation>错误</translation>
    </message>
    <message>
        <source>missing</source>
        <translation>缺失</translation>
    </message>
    <message>
        <source>asks the proxy for a tunnel to the server</source>
        <translation>请求代理建立通往服务器的隧道</translation>
    </message>
    <message>
        <source>the tunnel stands</source>
        <translation>隧道已建立</translation>
    </message>
    <message>
        <source>the proxy makes no tunnel</source>
        <translation>代理没有建立隧道</translation>
    </message>
    <message>
        <source>between us and the proxy</source>
        <translation>本端与代理之间</translation>
    </message>
</context>
<context>
    <name>HexText</name>
    <message>
        <source>Character %1 is no hex digit</source>
        <translation>字符 %1 不是十六进制数字</translation>
    </message>
    <message>
        <source>The last octet has one digit; it needs two</source>
        <translation>最后一个字节只有一位数字，应有两位</translation>
    </message>
</context>
<context>
    <name>RecordFields</name>
    <message>
        <source>last fragment of its message</source>
        <translation>所属消息的最后一个分片</translation>
    </message>
    <message>
        <source>more fragments follow</source>
        <translation>后面还有分片</translation>
    </message>
    <message>
        <source>set: an extension must have been agreed for it</source>
        <translation>置位：须已为此商定扩展</translation>
    </message>
    <message>
        <source>clear</source>
        <translation>未置位</translation>
    </message>
    <message>
        <source>7-bit form: this is the length</source>
        <translation>7 位形式：这就是长度</translation>
    </message>
    <message>
        <source>126: the length is in the next 2 octets</source>
        <translation>126：长度在接下来的 2 个字节中</translation>
    </message>
    <message>
        <source>127: the length is in the next 8 octets</source>
        <translation>127：长度在接下来的 8 个字节中</translation>
    </message>
    <message>
        <source>length form</source>
        <translation>长度形式</translation>
    </message>
    <message>
        <source>payload length</source>
        <translation>载荷长度</translation>
    </message>
    <message>
        <source>octets; written longer than needed</source>
        <translation>字节；写法长于所需</translation>
    </message>
    <message>
        <source>octets</source>
        <translation>字节</translation>
    </message>
    <message>
        <source>payload is masked</source>
        <translation>载荷已掩码</translation>
    </message>
    <message>
        <source>payload is not masked</source>
        <translation>载荷未掩码</translation>
    </message>
    <message>
        <source>masking key</source>
        <translation>掩码键</translation>
    </message>
    <message>
        <source>all zero: masking changes nothing</source>
        <translation>全为零：掩码不改变任何内容</translation>
    </message>
    <message>
        <source>payload</source>
        <translation>载荷</translation>
    </message>
    <message>
        <source>octets came of %1</source>
        <translation>字节已到，共 %1</translation>
    </message>
    <message>
        <source>close code</source>
        <translation>关闭码</translation>
    </message>
    <message>
        <source>reason</source>
        <translation>原因</translation>
    </message>
    <message>
        <source>direction</source>
        <translation>方向</translation>
    </message>
    <message>
        <source>offset in stream</source>
        <translation>流中的偏移</translation>
    </message>
    <message>
        <source>octets from the end of the opening handshake</source>
        <translation>字节，自开启握手结束处起</translation>
    </message>
    <message>
        <source>never became whole</source>
        <translation>始终不完整</translation>
    </message>
    <message>
        <source>request line</source>
        <translation>请求行</translation>
    </message>
    <message>
        <source>status line</source>
        <translation>状态行</translation>
    </message>
    <message>
        <source>unusual</source>
        <translation>异常之处</translation>
    </message>
    <message>
        <source>body</source>
        <translation>正文</translation>
    </message>
    <message>
        <source>not kept</source>
        <translation>未保留</translation>
    </message>
    <message>
        <source>octets over the limit</source>
        <translation>字节超出限制</translation>
    </message>
    <message>
        <source>stage</source>
        <translation>阶段</translation>
    </message>
    <message>
        <source>took</source>
        <translation>用时</translation>
    </message>
    <message>
        <source>error</source>
        <translation>错误</translation>
    </message>
    <message>
        <source>host</source>
        <translation>主机</translation>
    </message>
    <message>
        <source>address</source>
        <translation>地址</translation>
    </message>
    <message>
        <source>outcome</source>
        <translation>结果</translation>
    </message>
    <message>
        <source>connected</source>
        <translation>已连接</translation>
    </message>
    <message>
        <source>from</source>
        <translation>从</translation>
    </message>
    <message>
        <source>to</source>
        <translation>到</translation>
    </message>
    <message>
        <source>because</source>
        <translation>因为</translation>
    </message>
    <message>
        <source>violation</source>
        <translation>违规</translation>
    </message>
    <message>
        <source>seen</source>
        <translation>实际所见</translation>
    </message>
    <message>
        <source>ping</source>
        <translation>ping</translation>
    </message>
    <message>
        <source>round trip</source>
        <translation>往返时间</translation>
    </message>
    <message>
        <source>end of TCP</source>
        <translation>TCP 的结束</translation>
    </message>
    <message>
        <source>clean</source>
        <translation>干净关闭</translation>
    </message>
    <message>
        <source>yes</source>
        <translation>是</translation>
    </message>
    <message>
        <source>no</source>
        <translation>否</translation>
    </message>
    <message>
        <source>listening</source>
        <translation>监听中</translation>
    </message>
    <message>
        <source>responder</source>
        <translation>应答器</translation>
    </message>
    <message>
        <source>what</source>
        <translation>内容</translation>
    </message>
    <message>
        <source>record</source>
        <translation>记录</translation>
    </message>
    <message>
        <source>%1 after the capture began</source>
        <translation>捕获开始后 %1</translation>
    </message>
    <message>
        <source>set: the message is compressed (permessage-deflate)</source>
        <translation>置位：消息经过压缩（permessage-deflate）</translation>
    </message>
    <message>
        <source>inflated</source>
        <translation>解压后</translation>
    </message>
    <message>
        <source>octets; sent as %1 % of that</source>
        <translation>字节；发送时为其 %1 %</translation>
    </message>
    <message>
        <source>cost</source>
        <translation>耗时</translation>
    </message>
    <message>
        <source>spent on deflating it</source>
        <translation>用于压缩</translation>
    </message>
    <message>
        <source>spent on inflating it</source>
        <translation>用于解压</translation>
    </message>
    <message>
        <source>alert</source>
        <translation>警报</translation>
    </message>
    <message>
        <source>message</source>
        <translation>消息</translation>
    </message>
    <message>
        <source>level</source>
        <translation>级别</translation>
    </message>
    <message>
        <source>fatal</source>
        <translation>致命</translation>
    </message>
    <message>
        <source>warning</source>
        <translation>警告</translation>
    </message>
    <message>
        <source>certificate</source>
        <translation>证书</translation>
    </message>
</context>
<context>
    <name>RecordRow</name>
    <message>
        <source>no code</source>
        <translation>无关闭码</translation>
    </message>
    <message>
        <source>select the row to read it</source>
        <translation>选中此行即可阅读</translation>
    </message>
    <message>
        <source>start</source>
        <translation>开始</translation>
    </message>
    <message>
        <source>stage</source>
        <translation>阶段</translation>
    </message>
    <message>
        <source>resolve</source>
        <translation>解析</translation>
    </message>
    <message>
        <source>address</source>
        <translation>地址</translation>
    </message>
    <message>
        <source>socket</source>
        <translation>套接字</translation>
    </message>
    <message>
        <source>read</source>
        <translation>读取</translation>
    </message>
    <message>
        <source>request</source>
        <translation>请求</translation>
    </message>
    <message>
        <source>response</source>
        <translation>响应</translation>
    </message>
    <message>
        <source>body</source>
        <translation>正文</translation>
    </message>
    <message>
        <source>message</source>
        <translation>消息</translation>
    </message>
    <message>
        <source>state</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>violation</source>
        <translation>违规</translation>
    </message>
    <message>
        <source>heartbeat</source>
        <translation>心跳</translation>
    </message>
    <message>
        <source>end</source>
        <translation>结束</translation>
    </message>
    <message>
        <source>listener</source>
        <translation>监听器</translation>
    </message>
    <message>
        <source>dropped</source>
        <translation>已丢弃</translation>
    </message>
    <message>
        <source>interrupted</source>
        <translation>中断</translation>
    </message>
    <message>
        <source>note</source>
        <translation>备注</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 / %2</translation>
    </message>
    <message>
        <source>client → server</source>
        <translation>客户端 → 服务器</translation>
    </message>
    <message>
        <source>server → client</source>
        <translation>服务器 → 客户端</translation>
    </message>
    <message>
        <source>sent</source>
        <translation>已发送</translation>
    </message>
    <message>
        <source>received</source>
        <translation>已接收</translation>
    </message>
    <message>
        <source>proxy</source>
        <translation>代理</translation>
    </message>
</context>
<context>
    <name>ReportDialog</name>
    <message>
        <source>&amp;Web page: one file with the timeline&apos;s picture</source>
        <translation>网页(&amp;W)：一个文件，带时间线图</translation>
    </message>
    <message>
        <source>&amp;Markdown: for an issue or a chat</source>
        <translation>&amp;Markdown：用于问题单或聊天</translation>
    </message>
    <message>
        <source>&amp;Plain text</source>
        <translation>纯文本(&amp;P)</translation>
    </message>
    <message>
        <source>&amp;JSON: everything, for programs</source>
        <translation>&amp;JSON：全部内容，供程序使用</translation>
    </message>
    <message>
        <source>JUnit &amp;XML: each check as a test case</source>
        <translation>JUnit &amp;XML：每项检查为一个测试用例</translation>
    </message>
    <message>
        <source>&amp;SARIF: for code scanning</source>
        <translation>&amp;SARIF：用于代码扫描</translation>
    </message>
    <message>
        <source>Report</source>
        <translation>报告</translation>
    </message>
    <message>
        <source>About</source>
        <translation>关于</translation>
    </message>
    <message>
        <source>&amp;The selected connection</source>
        <translation>选中的连接(&amp;T)</translation>
    </message>
    <message>
        <source>&amp;The selected connection: %1</source>
        <translation>选中的连接(&amp;T)：%1</translation>
    </message>
    <message>
        <source>&amp;All connections (%1)</source>
        <translation>全部连接（%1）(&amp;A)</translation>
    </message>
    <message>
        <source>As</source>
        <translation>格式</translation>
    </message>
    <message>
        <source>Passwords, tokens and cookies are masked.</source>
        <translation>密码、令牌和 Cookie 已遮盖。</translation>
    </message>
    <message>
        <source>Save report…</source>
        <translation>保存报告…</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
</context>
<context>
    <name>TimeFormat</name>
    <message>
        <source>since the start</source>
        <translation>自开始起</translation>
    </message>
    <message>
        <source>time of day</source>
        <translation>当日时刻</translation>
    </message>
    <message>
        <source>since the row before</source>
        <translation>自上一行起</translation>
    </message>
</context>
<context>
    <name>TlsRows</name>
    <message>
        <source>certificate</source>
        <translation>证书</translation>
    </message>
    <message>
        <source>by %1</source>
        <translation>由 %1 担保</translation>
    </message>
    <message>
        <source>ALPN</source>
        <translation>ALPN</translation>
    </message>
    <message>
        <source>none chosen</source>
        <translation>未选择</translation>
    </message>
    <message>
        <source>none offered</source>
        <translation>未提供</translation>
    </message>
    <message>
        <source>offered: %1</source>
        <translation>提供：%1</translation>
    </message>
    <message>
        <source>OCSP staple</source>
        <translation>OCSP 装订</translation>
    </message>
    <message>
        <source>its signature is not trusted</source>
        <translation>其签名不受信任</translation>
    </message>
    <message>
        <source>as of %1</source>
        <translation>截至 %1</translation>
    </message>
    <message>
        <source>next %1</source>
        <translation>下次更新 %1</translation>
    </message>
    <message>
        <source>revoked at %1</source>
        <translation>吊销于 %1</translation>
    </message>
    <message>
        <source>server</source>
        <translation>服务器</translation>
    </message>
    <message>
        <source>client</source>
        <translation>客户端</translation>
    </message>
    <message>
        <source>root</source>
        <translation>根证书</translation>
    </message>
    <message>
        <source>intermediate</source>
        <translation>中间证书</translation>
    </message>
    <message>
        <source>no authority</source>
        <translation>非 CA 证书</translation>
    </message>
    <message>
        <source>subject</source>
        <translation>主体</translation>
    </message>
    <message>
        <source>issuer</source>
        <translation>颁发者</translation>
    </message>
    <message>
        <source>itself</source>
        <translation>自身</translation>
    </message>
    <message>
        <source>names</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>valid from</source>
        <translation>生效时间</translation>
    </message>
    <message>
        <source>valid until</source>
        <translation>到期时间</translation>
    </message>
    <message>
        <source>key</source>
        <translation>密钥</translation>
    </message>
    <message>
        <source>signature</source>
        <translation>签名</translation>
    </message>
    <message>
        <source>authority</source>
        <translation>颁发机构</translation>
    </message>
    <message>
        <source>yes</source>
        <translation>是</translation>
    </message>
    <message>
        <source>no</source>
        <translation>否</translation>
    </message>
    <message>
        <source>serial</source>
        <translation>序列号</translation>
    </message>
    <message>
        <source>issuer is at</source>
        <translation>颁发者证书位于</translation>
    </message>
    <message>
        <source>not agreed on</source>
        <translation>未商定</translation>
    </message>
    <message>
        <source>not TLS</source>
        <translation>不是 TLS</translation>
    </message>
    <message>
        <source>the other end does not speak TLS here</source>
        <translation>对端在此处使用的不是 TLS</translation>
    </message>
    <message>
        <source>version</source>
        <translation>版本</translation>
    </message>
    <message>
        <source>cipher suite</source>
        <translation>密码套件</translation>
    </message>
    <message>
        <source>key exchange</source>
        <translation>密钥交换</translation>
    </message>
    <message>
        <source>SNI</source>
        <translation>SNI</translation>
    </message>
    <message>
        <source>none sent</source>
        <translation>未发送</translation>
    </message>
    <message>
        <source>session</source>
        <translation>会话</translation>
    </message>
    <message>
        <source>resumed</source>
        <translation>已恢复</translation>
    </message>
    <message>
        <source>new</source>
        <translation>新建</translation>
    </message>
    <message>
        <source>client certificate</source>
        <translation>客户端证书</translation>
    </message>
    <message>
        <source>asked for, none sent</source>
        <translation>已要求，未发送</translation>
    </message>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
</context>
<context>
    <name>WordingText</name>
    <message>
        <source>no name at all</source>
        <translation>没有任何名称</translation>
    </message>
</context>
<context>
    <name>checks</name>
    <message>
        <source>Frameglass&apos;s server</source>
        <translation>Frameglass 的服务器</translation>
    </message>
    <message>
        <source>gorilla</source>
        <translation>gorilla</translation>
    </message>
    <message>
        <source>ws (Node)</source>
        <translation>ws (Node)</translation>
    </message>
    <message>
        <source>websockets (Python)</source>
        <translation>websockets (Python)</translation>
    </message>
    <message>
        <source>Target</source>
        <translation>目标</translation>
    </message>
    <message>
        <source>DNS</source>
        <translation>DNS</translation>
    </message>
    <message>
        <source>TCP</source>
        <translation>TCP</translation>
    </message>
    <message>
        <source>TLS</source>
        <translation>TLS</translation>
    </message>
    <message>
        <source>Upgrade request</source>
        <translation>升级请求</translation>
    </message>
    <message>
        <source>Upgrade response</source>
        <translation>升级响应</translation>
    </message>
    <message>
        <source>Intermediaries</source>
        <translation>中间设备</translation>
    </message>
    <message>
        <source>Frames</source>
        <translation>帧</translation>
    </message>
    <message>
        <source>Extensions and compression</source>
        <translation>扩展与压缩</translation>
    </message>
    <message>
        <source>Messages</source>
        <translation>消息</translation>
    </message>
    <message>
        <source>Heartbeat</source>
        <translation>心跳</translation>
    </message>
    <message>
        <source>Flow control</source>
        <translation>流量控制</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Reconnect</source>
        <translation>重连</translation>
    </message>
    <message>
        <source>Draining</source>
        <translation>排空</translation>
    </message>
    <message>
        <source>Concurrency</source>
        <translation>并发</translation>
    </message>
    <message>
        <source>Security</source>
        <translation>安全</translation>
    </message>
    <message>
        <source>Server-side evidence</source>
        <translation>服务器端证据</translation>
    </message>
    <message>
        <source>Statistics</source>
        <translation>统计</translation>
    </message>
    <message>
        <source>Evidence</source>
        <translation>证据</translation>
    </message>
    <message>
        <source>does not apply</source>
        <translation>不适用</translation>
    </message>
    <message>
        <source>passed</source>
        <translation>通过</translation>
    </message>
    <message>
        <source>information</source>
        <translation>信息</translation>
    </message>
    <message>
        <source>warning</source>
        <translation>警告</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>TCP still stands</source>
        <translation>TCP 仍未断开</translation>
    </message>
    <message>
        <source>We ended TCP first</source>
        <translation>本端先结束了 TCP</translation>
    </message>
    <message>
        <source>We failed the connection before the other side ended it</source>
        <translation>在对端结束连接之前，本端已判定连接失败</translation>
    </message>
    <message>
        <source>%1 before</source>
        <translation>%1 前</translation>
    </message>
    <message>
        <source>never</source>
        <translation>从未</translation>
    </message>
    <message>
        <source>last frame sent %1, received %2</source>
        <translation>最后一帧：发送 %1，接收 %2</translation>
    </message>
    <message>
        <source>the last octets before it</source>
        <translation>在此之前的最后字节</translation>
    </message>
    <message>
        <source>A Close frame came before TCP ended</source>
        <translation>TCP 结束前已有关闭帧</translation>
    </message>
    <message>
        <source>%1 without a Close frame (1006)</source>
        <translation>%1，没有关闭帧（1006）</translation>
    </message>
    <message>
        <source>TCP did not end in order: %1</source>
        <translation>TCP 未有序结束：%1</translation>
    </message>
    <message>
        <source>FIN without a Close frame; %1</source>
        <translation>收到 FIN 而没有关闭帧；%1</translation>
    </message>
    <message>
        <source>The other side did not reset TCP</source>
        <translation>对端没有复位 TCP</translation>
    </message>
    <message>
        <source>the last frame sent was %1, %2 octets</source>
        <translation>最后发送的帧是 %1，%2 字节</translation>
    </message>
    <message>
        <source>no frame had been sent</source>
        <translation>此前未发送过任何帧</translation>
    </message>
    <message>
        <source>the last frame sent</source>
        <translation>最后发送的帧</translation>
    </message>
    <message>
        <source>Reset after both Close frames; %1</source>
        <translation>双方关闭帧之后发生复位；%1</translation>
    </message>
    <message>
        <source>The other side reset TCP; %1</source>
        <translation>对端复位了 TCP；%1</translation>
    </message>
    <message>
        <source>We sent no Close</source>
        <translation>本端未发送关闭帧</translation>
    </message>
    <message>
        <source>The other side sent its Close first</source>
        <translation>对端先发送了关闭帧</translation>
    </message>
    <message>
        <source>our Close</source>
        <translation>本端的关闭帧</translation>
    </message>
    <message>
        <source>Close came back after %1</source>
        <translation>%1 后收到关闭帧应答</translation>
    </message>
    <message>
        <source>the reply</source>
        <translation>应答</translation>
    </message>
    <message>
        <source>No Close came back; TCP was ended after %1 instead</source>
        <translation>没有收到关闭帧应答；TCP 却在 %1 后结束</translation>
    </message>
    <message>
        <source>No Close came back for %1</source>
        <translation>已有 %1 未收到关闭帧应答</translation>
    </message>
    <message>
        <source>The reply is not due yet</source>
        <translation>应答时限未到</translation>
    </message>
    <message>
        <source>No Close came back</source>
        <translation>没有收到关闭帧应答</translation>
    </message>
    <message>
        <source>no code</source>
        <translation>无关闭码</translation>
    </message>
    <message>
        <source>We sent %1, the reply has %2</source>
        <translation>本端发送 %1，应答为 %2</translation>
    </message>
    <message>
        <source>Close written in %1, reply after %2</source>
        <translation>关闭帧写出用时 %1，应答在 %2 之后</translation>
    </message>
    <message>
        <source>Write phase: our Close could not be written for %1</source>
        <translation>写阶段：本端的关闭帧已有 %1 未能写出</translation>
    </message>
    <message>
        <source>Our Close is not written yet</source>
        <translation>本端的关闭帧尚未写出</translation>
    </message>
    <message>
        <source>Write phase: %1</source>
        <translation>写阶段：%1</translation>
    </message>
    <message>
        <source>Read phase: %1</source>
        <translation>读阶段：%1</translation>
    </message>
    <message>
        <source>No Close came back within %1</source>
        <translation>%1 内没有收到关闭帧应答</translation>
    </message>
    <message>
        <source>The closing handshake is not complete</source>
        <translation>关闭握手尚未完成</translation>
    </message>
    <message>
        <source>the second Close</source>
        <translation>第二个关闭帧</translation>
    </message>
    <message>
        <source>The client ended TCP %1 after the closing handshake, before the server did</source>
        <translation>关闭握手完成 %1 后，客户端先于服务器结束了 TCP</translation>
    </message>
    <message>
        <source>The server ended TCP %1 after the closing handshake</source>
        <translation>关闭握手完成 %1 后，服务器结束了 TCP</translation>
    </message>
    <message>
        <source>Nobody has ended TCP for %1 after the closing handshake</source>
        <translation>关闭握手完成后已过 %1，双方均未结束 TCP</translation>
    </message>
    <message>
        <source>The end of TCP is not due yet</source>
        <translation>TCP 结束时限未到</translation>
    </message>
    <message>
        <source>No Close frame has passed</source>
        <translation>没有出现过关闭帧</translation>
    </message>
    <message>
        <source>Closing for %1</source>
        <translation>关闭过程已持续 %1</translation>
    </message>
    <message>
        <source>the first Close</source>
        <translation>第一个关闭帧</translation>
    </message>
    <message>
        <source>Closing since %1</source>
        <translation>关闭过程已进行 %1</translation>
    </message>
    <message>
        <source>Closing took %1</source>
        <translation>关闭用时 %1</translation>
    </message>
    <message>
        <source>The other side sent no Close</source>
        <translation>对端未发送关闭帧</translation>
    </message>
    <message>
        <source>its Close</source>
        <translation>对端的关闭帧</translation>
    </message>
    <message>
        <source>the first data frame after it</source>
        <translation>其后的第一个数据帧</translation>
    </message>
    <message>
        <source>%1 data frames after the Close</source>
        <translation>关闭帧之后有 %1 个数据帧</translation>
    </message>
    <message>
        <source>%1 control frames after the Close</source>
        <translation>关闭帧之后有 %1 个控制帧</translation>
    </message>
    <message>
        <source>No frame after the Close</source>
        <translation>关闭帧之后没有其他帧</translation>
    </message>
    <message>
        <source>No Close frame (1006)</source>
        <translation>没有关闭帧（1006）</translation>
    </message>
    <message>
        <source>A proxy cut an idle connection</source>
        <translation>代理切断了空闲连接</translation>
    </message>
    <message>
        <source>FIN, always after the same silence; another path keeps it</source>
        <translation>FIN 总在同样长的静默之后出现；换一条路径则连接保持</translation>
    </message>
    <message>
        <source>The process ended or crashed</source>
        <translation>进程退出或崩溃</translation>
    </message>
    <message>
        <source>All its connections end at once</source>
        <translation>它的所有连接同时断开</translation>
    </message>
    <message>
        <source>A NAT lost its state</source>
        <translation>NAT 丢失了状态</translation>
    </message>
    <message>
        <source>RST comes after a write of ours</source>
        <translation>本端写入之后收到 RST</translation>
    </message>
    <message>
        <source>The path is down</source>
        <translation>路径中断</translation>
    </message>
    <message>
        <source>TCP times out</source>
        <translation>TCP 超时</translation>
    </message>
    <message>
        <source>The handler returned without sending Close</source>
        <translation>处理程序返回时未发送关闭帧</translation>
    </message>
    <message>
        <source>FIN right after its last message</source>
        <translation>FIN 紧跟在它的最后一条消息之后</translation>
    </message>
    <message>
        <source>See the rows below it for how TCP ended.</source>
        <translation>TCP 如何结束，参见下方各行。</translation>
    </message>
    <message>
        <source>Orderly TCP end, no Close</source>
        <translation>TCP 有序结束，但没有关闭帧</translation>
    </message>
    <message>
        <source>The idle timer of a proxy</source>
        <translation>代理的空闲计时器</translation>
    </message>
    <message>
        <source>The silence before it is the same each time</source>
        <translation>每次断开前的静默时长都相同</translation>
    </message>
    <message>
        <source>A plain conn.Close() in Go</source>
        <translation>Go 中直接调用 conn.Close()</translation>
    </message>
    <message>
        <source>It follows the last message at once</source>
        <translation>紧跟在最后一条消息之后</translation>
    </message>
    <message>
        <source>The server shuts down</source>
        <translation>服务器正在停机</translation>
    </message>
    <message>
        <source>All its connections end together</source>
        <translation>它的所有连接一起断开</translation>
    </message>
    <message>
        <source>Send a Close frame before TCP is closed.</source>
        <translation>关闭 TCP 之前先发送关闭帧。</translation>
    </message>
    <message>
        <source>Connection reset</source>
        <translation>连接被复位</translation>
    </message>
    <message>
        <source>The peer closed its socket with unread octets in it</source>
        <translation>对端关闭套接字时，其中还有未读字节</translation>
    </message>
    <message>
        <source>We had sent data shortly before</source>
        <translation>本端在此前不久发送过数据</translation>
    </message>
    <message>
        <source>A firewall</source>
        <translation>防火墙</translation>
    </message>
    <message>
        <source>The TTL of the RST differs from that of other packets</source>
        <translation>RST 的 TTL 与其他数据包不同</translation>
    </message>
    <message>
        <source>A crash</source>
        <translation>崩溃</translation>
    </message>
    <message>
        <source>A balancer forgot the connection</source>
        <translation>负载均衡器丢失了连接状态</translation>
    </message>
    <message>
        <source>The reset answers the first write after a long silence</source>
        <translation>长时间静默后，首次写入即遭复位</translation>
    </message>
    <message>
        <source>Read all data before closing; keep a heartbeat.</source>
        <translation>关闭前读完所有数据；保持心跳。</translation>
    </message>
    <message>
        <source>Peer answers our Close</source>
        <translation>对端应答本端的关闭帧</translation>
    </message>
    <message>
        <source>The reader stopped</source>
        <translation>读取方已停止</translation>
    </message>
    <message>
        <source>Pings are not answered either</source>
        <translation>Ping 也没有应答</translation>
    </message>
    <message>
        <source>A close handler of the application does not reply</source>
        <translation>应用程序的关闭处理函数不应答</translation>
    </message>
    <message>
        <source>Pings are answered</source>
        <translation>Ping 有应答</translation>
    </message>
    <message>
        <source>A proxy swallows the Close</source>
        <translation>代理吞掉了关闭帧</translation>
    </message>
    <message>
        <source>A direct connection gets the reply</source>
        <translation>直连时能收到应答</translation>
    </message>
    <message>
        <source>Keep the default close handler, or reply and then close.</source>
        <translation>保留默认的关闭处理函数，或先应答再关闭。</translation>
    </message>
    <message>
        <source>Reply echoes the code</source>
        <translation>应答回显关闭码</translation>
    </message>
    <message>
        <source>The default of the library</source>
        <translation>库的默认行为</translation>
    </message>
    <message>
        <source>QWebSocket and WebKitGTK answer an empty Close with 1000</source>
        <translation>QWebSocket 和 WebKitGTK 用 1000 应答空的关闭帧</translation>
    </message>
    <message>
        <source>Nothing has to change.</source>
        <translation>无需更改。</translation>
    </message>
    <message>
        <source>Write phase and read phase</source>
        <translation>写阶段与读阶段</translation>
    </message>
    <message>
        <source>The send buffer is full</source>
        <translation>发送缓冲区已满</translation>
    </message>
    <message>
        <source>The write phase is long: the peer does not read</source>
        <translation>写阶段长：对端不读取</translation>
    </message>
    <message>
        <source>The peer is blocked</source>
        <translation>对端阻塞</translation>
    </message>
    <message>
        <source>The read phase is long: it does not answer</source>
        <translation>读阶段长：对端不应答</translation>
    </message>
    <message>
        <source>Limits of 10 s and 10 s on weak networks, 5 s and 3 s by default, 2 s and 1 s for small devices.</source>
        <translation>弱网络的限值为 10 s 和 10 s，默认为 5 s 和 3 s，小型设备为 2 s 和 1 s。</translation>
    </message>
    <message>
        <source>TCP closed after the handshake</source>
        <translation>关闭握手后 TCP 已结束</translation>
    </message>
    <message>
        <source>The server waits for the client to close</source>
        <translation>服务器等待客户端关闭</translation>
    </message>
    <message>
        <source>It closes at once when the client does</source>
        <translation>客户端一关闭，它就立即关闭</translation>
    </message>
    <message>
        <source>The handler never closes the connection</source>
        <translation>处理程序从不关闭连接</translation>
    </message>
    <message>
        <source>The socket stays until a limit of the library</source>
        <translation>套接字一直保留到库的时限</translation>
    </message>
    <message>
        <source>Let the server close TCP first.</source>
        <translation>让服务器先关闭 TCP。</translation>
    </message>
    <message>
        <source>Stuck between Close and TCP end</source>
        <translation>卡在关闭帧与 TCP 结束之间</translation>
    </message>
    <message>
        <source>A handler waits for ever</source>
        <translation>某个处理程序无限等待</translation>
    </message>
    <message>
        <source>It ends when the process does</source>
        <translation>进程结束时才断开</translation>
    </message>
    <message>
        <source>Force the close after a time limit.</source>
        <translation>到时限后强制关闭。</translation>
    </message>
    <message>
        <source>Frames after Close</source>
        <translation>关闭帧之后仍有帧</translation>
    </message>
    <message>
        <source>A writer was not stopped</source>
        <translation>某个写入方没有停止</translation>
    </message>
    <message>
        <source>The late messages are the usual ones</source>
        <translation>迟到的消息与平常的消息相同</translation>
    </message>
    <message>
        <source>Stop the writers first, then send Close.</source>
        <translation>先停止所有写入方，再发送关闭帧。</translation>
    </message>
    <message>
        <source>Close without a code</source>
        <translation>关闭帧没有关闭码</translation>
    </message>
    <message>
        <source>No Close frame carries a code</source>
        <translation>没有携带关闭码的关闭帧</translation>
    </message>
    <message>
        <source>%1: %2 %3</source>
        <translation>%1：%2 %3</translation>
    </message>
    <message>
        <source>A code that may only be used locally</source>
        <translation>只能在本地使用的关闭码</translation>
    </message>
    <message>
        <source>No reserved code on the wire</source>
        <translation>线路上没有保留的关闭码</translation>
    </message>
    <message>
        <source>A code outside the ranges that may be used</source>
        <translation>关闭码超出可用范围</translation>
    </message>
    <message>
        <source>All codes are in a legal range</source>
        <translation>所有关闭码都在合法范围内</translation>
    </message>
    <message>
        <source>QWebSocket, WebKitGTK or gorilla take it for a protocol error</source>
        <translation>QWebSocket、WebKitGTK 或 gorilla 会视其为协议错误</translation>
    </message>
    <message>
        <source>No code that strict clients refuse</source>
        <translation>没有会被严格客户端拒绝的关闭码</translation>
    </message>
    <message>
        <source>A Close payload of one octet (%1)</source>
        <translation>关闭帧的载荷只有一个字节（%1）</translation>
    </message>
    <message>
        <source>A reason of %1 octets (%2); 123 are allowed</source>
        <translation>关闭原因长 %1 字节（%2）；最多允许 123 字节</translation>
    </message>
    <message>
        <source>The reason is not UTF-8 (%1)</source>
        <translation>关闭原因不是 UTF-8（%1）</translation>
    </message>
    <message>
        <source>Each Close payload is well formed</source>
        <translation>每个关闭帧的载荷格式都正确</translation>
    </message>
    <message>
        <source>Each Close carries a code</source>
        <translation>每个关闭帧都带有关闭码</translation>
    </message>
    <message>
        <source>A Close without a code (%1): it counts as 1005</source>
        <translation>关闭帧没有关闭码（%1）：视为 1005</translation>
    </message>
    <message>
        <source>Its Close carries no code</source>
        <translation>它的关闭帧没有关闭码</translation>
    </message>
    <message>
        <source>Its Close only repeats our code</source>
        <translation>它的关闭帧只是重复本端的关闭码</translation>
    </message>
    <message>
        <source>Received %1</source>
        <translation>收到 %1</translation>
    </message>
    <message>
        <source>%1, reason &quot;%2&quot;</source>
        <translation>%1，原因 &quot;%2&quot;</translation>
    </message>
    <message>
        <source>%1; %2</source>
        <translation>%1；%2</translation>
    </message>
    <message>
        <source>one of our last frames</source>
        <translation>本端最后发送的帧之一</translation>
    </message>
    <message>
        <source>%1 after the opening: perhaps a late check of the origin</source>
        <translation>连接打开 %1 后：可能是较晚进行的来源检查</translation>
    </message>
    <message>
        <source>we had sent no whole message</source>
        <translation>本端未发送过完整的消息</translation>
    </message>
    <message>
        <source>our last message had %1 octets</source>
        <translation>本端最后一条消息有 %1 字节</translation>
    </message>
    <message>
        <source>its last frame</source>
        <translation>它的最后一帧</translation>
    </message>
    <message>
        <source>websockets (Python) had no pong from us in time</source>
        <translation>websockets (Python) 未及时收到本端的 pong</translation>
    </message>
    <message>
        <source>The connection has not ended</source>
        <translation>连接尚未结束</translation>
    </message>
    <message>
        <source>The opening handshake failed: browsers only report 1006</source>
        <translation>打开握手失败：浏览器只报告 1006</translation>
    </message>
    <message>
        <source>what really came</source>
        <translation>实际收到的内容</translation>
    </message>
    <message>
        <source>It ended without a Close: most clients report 1006, QWebSocket reports 1000</source>
        <translation>连接结束时没有关闭帧：多数客户端报告 1006，QWebSocket 报告 1000</translation>
    </message>
    <message>
        <source>Clients report this end as it was</source>
        <translation>客户端会如实报告此次结束</translation>
    </message>
    <message>
        <source>Browsers fire error, then close with 1006</source>
        <translation>浏览器先触发 error，再以 1006 触发 close</translation>
    </message>
    <message>
        <source>the failed handshake</source>
        <translation>失败的握手</translation>
    </message>
    <message>
        <source>The handshake succeeded: a close event without an error event is expected</source>
        <translation>握手成功：预期只有 close 事件，没有 error 事件</translation>
    </message>
    <message>
        <source>%1 without a reason</source>
        <translation>%1，没有原因</translation>
    </message>
    <message>
        <source>Reserved code on the wire</source>
        <translation>线路上出现保留的关闭码</translation>
    </message>
    <message>
        <source>The server copies an internal status into the frame</source>
        <translation>服务器把内部状态复制进了帧</translation>
    </message>
    <message>
        <source>The code is 1005 or 1006</source>
        <translation>关闭码是 1005 或 1006</translation>
    </message>
    <message>
        <source>Send no code, or a legal one.</source>
        <translation>不发送关闭码，或发送合法的关闭码。</translation>
    </message>
    <message>
        <source>Code outside the legal ranges</source>
        <translation>关闭码超出合法范围</translation>
    </message>
    <message>
        <source>The application uses an HTTP status or a number of its own</source>
        <translation>应用程序使用了 HTTP 状态码或自定义的数字</translation>
    </message>
    <message>
        <source>The code is, for example, 401 or 5000</source>
        <translation>关闭码例如为 401 或 5000</translation>
    </message>
    <message>
        <source>Use 4000-4999.</source>
        <translation>使用 4000-4999。</translation>
    </message>
    <message>
        <source>1012-1014 with strict clients</source>
        <translation>1012-1014 与严格客户端</translation>
    </message>
    <message>
        <source>The client&apos;s list of codes is older than the registry</source>
        <translation>客户端的关闭码列表比注册表旧</translation>
    </message>
    <message>
        <source>The client reports a protocol error</source>
        <translation>客户端报告协议错误</translation>
    </message>
    <message>
        <source>Prefer 1001 with a reason, or 4xxx, for those clients.</source>
        <translation>对这些客户端，优先使用带原因的 1001，或 4xxx。</translation>
    </message>
    <message>
        <source>Close payload legal</source>
        <translation>关闭帧载荷合法</translation>
    </message>
    <message>
        <source>The reason was cut inside a character</source>
        <translation>关闭原因在字符中间被截断</translation>
    </message>
    <message>
        <source>Its last octets begin a character</source>
        <translation>它的最后几个字节是某个字符的开头</translation>
    </message>
    <message>
        <source>Cut the reason at a character boundary.</source>
        <translation>在字符边界处截断关闭原因。</translation>
    </message>
    <message>
        <source>Close without a code (1005)</source>
        <translation>关闭帧没有关闭码（1005）</translation>
    </message>
    <message>
        <source>close() was called without a code</source>
        <translation>调用 close() 时未给出关闭码</translation>
    </message>
    <message>
        <source>It comes with every end of that program</source>
        <translation>该程序每次结束连接都是如此</translation>
    </message>
    <message>
        <source>Give a code and a reason.</source>
        <translation>给出关闭码和原因。</translation>
    </message>
    <message>
        <source>1002, 1003, 1007, 1009 or 1010 received</source>
        <translation>收到 1002、1003、1007、1009 或 1010</translation>
    </message>
    <message>
        <source>Our data broke a rule</source>
        <translation>本端的数据违反了规则</translation>
    </message>
    <message>
        <source>A row of phase Frames names a frame that we sent</source>
        <translation>“帧”阶段中有一行指出了本端发送的某个帧</translation>
    </message>
    <message>
        <source>A hop broke the framing</source>
        <translation>某一跳破坏了帧格式</translation>
    </message>
    <message>
        <source>A direct connection is not closed</source>
        <translation>直连时不会被关闭</translation>
    </message>
    <message>
        <source>Correct the sender; do not retry automatically.</source>
        <translation>修正发送方；不要自动重试。</translation>
    </message>
    <message>
        <source>1008 received</source>
        <translation>收到 1008</translation>
    </message>
    <message>
        <source>A rule about origin, authentication or rate</source>
        <translation>关于来源、认证或速率的规则</translation>
    </message>
    <message>
        <source>The reason names it; another origin or token is accepted</source>
        <translation>关闭原因指出了该规则；换一个来源或令牌则被接受</translation>
    </message>
    <message>
        <source>Correct the credentials.</source>
        <translation>修正凭据。</translation>
    </message>
    <message>
        <source>1009 received</source>
        <translation>收到 1009</translation>
    </message>
    <message>
        <source>A size limit: 1 MiB in websockets (Python), 100 MiB in ws, 32 and 128 KB at API Gateway</source>
        <translation>大小限制：websockets (Python) 为 1 MiB，ws 为 100 MiB，API Gateway 为 32 和 128 KB</translation>
    </message>
    <message>
        <source>Smaller messages pass</source>
        <translation>较小的消息可以通过</translation>
    </message>
    <message>
        <source>Split the message, or raise the limit.</source>
        <translation>拆分消息，或提高限制。</translation>
    </message>
    <message>
        <source>1011 received</source>
        <translation>收到 1011</translation>
    </message>
    <message>
        <source>An exception in the server</source>
        <translation>服务器中发生异常</translation>
    </message>
    <message>
        <source>Its log shows it</source>
        <translation>服务器日志中有记录</translation>
    </message>
    <message>
        <source>A blocked event loop on either side</source>
        <translation>任一端的事件循环被阻塞</translation>
    </message>
    <message>
        <source>The reason is &quot;keepalive ping timeout&quot;</source>
        <translation>关闭原因是 &quot;keepalive ping timeout&quot;</translation>
    </message>
    <message>
        <source>Unblock the loop; raise ping_timeout.</source>
        <translation>解除事件循环的阻塞；调高 ping_timeout。</translation>
    </message>
    <message>
        <source>1001, 1012 or 1013 received</source>
        <translation>收到 1001、1012 或 1013</translation>
    </message>
    <message>
        <source>A deployment or drain</source>
        <translation>部署或排空</translation>
    </message>
    <message>
        <source>All connections of that server end within seconds</source>
        <translation>该服务器的所有连接在数秒内全部结束</translation>
    </message>
    <message>
        <source>Overload</source>
        <translation>过载</translation>
    </message>
    <message>
        <source>The code is 1013</source>
        <translation>关闭码是 1013</translation>
    </message>
    <message>
        <source>Connect again with growing, random delays.</source>
        <translation>以递增的随机延迟重新连接。</translation>
    </message>
    <message>
        <source>Client library hides the truth</source>
        <translation>客户端库掩盖了真相</translation>
    </message>
    <message>
        <source>Defaults of libraries</source>
        <translation>各个库的默认行为</translation>
    </message>
    <message>
        <source>QWebSocket reports 1000 after an abnormal end; browsers 1006 for every failed handshake</source>
        <translation>QWebSocket 在异常结束后报告 1000；浏览器对每次握手失败都报告 1006</translation>
    </message>
    <message>
        <source>Trust the capture.</source>
        <translation>以抓包文件为准。</translation>
    </message>
    <message>
        <source>Error event expected?</source>
        <translation>是否应有 error 事件？</translation>
    </message>
    <message>
        <source>Error close without a reason</source>
        <translation>错误关闭没有原因</translation>
    </message>
    <message>
        <source>The library was called without a text</source>
        <translation>调用库时未给出文本</translation>
    </message>
    <message>
        <source>Each such Close lacks a reason</source>
        <translation>每个此类关闭帧都没有原因</translation>
    </message>
    <message>
        <source>Add a short reason.</source>
        <translation>添加简短的原因。</translation>
    </message>
    <message>
        <source>TCP ended inside a frame&apos;s header</source>
        <translation>TCP 在帧首部中间结束</translation>
    </message>
    <message>
        <source>TCP ended after %1 of the %2 octets that a frame announced</source>
        <translation>帧声明了 %2 字节，TCP 在 %1 字节之后就结束了</translation>
    </message>
    <message>
        <source>No frame was received</source>
        <translation>没有收到任何帧</translation>
    </message>
    <message>
        <source>TCP ended between frames</source>
        <translation>TCP 在两帧之间结束</translation>
    </message>
    <message>
        <source>Text of HTTP where a frame should begin</source>
        <translation>应是帧开头的位置出现了 HTTP 文本</translation>
    </message>
    <message>
        <source>No frame begins like HTTP or HTML</source>
        <translation>没有帧以类似 HTTP 或 HTML 的内容开头</translation>
    </message>
    <message>
        <source>%1 kinds of broken frames in %2 places, after %3 good ones</source>
        <translation>%3 个正常帧之后，在 %2 处出现 %1 种损坏的帧</translation>
    </message>
    <message>
        <source>the first broken frame</source>
        <translation>第一个损坏的帧</translation>
    </message>
    <message>
        <source>No sign that frames were mixed up while they were written</source>
        <translation>没有迹象表明帧在写入时相互混杂</translation>
    </message>
    <message>
        <source>No message has passed</source>
        <translation>没有出现过消息</translation>
    </message>
    <message>
        <source>%1 of %2 messages came in fragments, the most in %3; %4 to %5 octets each</source>
        <translation>%2 条消息中有 %1 条被分片，最多分为 %3 片；每片 %4 到 %5 字节</translation>
    </message>
    <message>
        <source>last frame of the message with the most fragments</source>
        <translation>分片最多的消息的最后一帧</translation>
    </message>
    <message>
        <source>Each message came in one frame</source>
        <translation>每条消息都只用一帧</translation>
    </message>
    <message>
        <source>Less than 10 s of messages</source>
        <translation>消息持续时间不足 10 s</translation>
    </message>
    <message>
        <source>Up to %1 messages a second, half of them up to %2 octets; %3 % are headers</source>
        <translation>每秒最多 %1 条消息，其中一半不超过 %2 字节；首部占 %3 %</translation>
    </message>
    <message>
        <source>first message of the busiest 10 s</source>
        <translation>最繁忙的 10 s 中的第一条消息</translation>
    </message>
    <message>
        <source>The client is Frameglass itself</source>
        <translation>客户端就是 Frameglass 自身</translation>
    </message>
    <message>
        <source>The masking key of %1 of %2 frames is zero</source>
        <translation>%2 帧中有 %1 帧的掩码键为零</translation>
    </message>
    <message>
        <source>masking key 00000000</source>
        <translation>掩码键 00000000</translation>
    </message>
    <message>
        <source>%1 masked frames are too few; %2 are needed</source>
        <translation>%1 个带掩码的帧太少；需要 %2 个</translation>
    </message>
    <message>
        <source>%1 of %2 masking keys had been used before</source>
        <translation>%2 个掩码键中有 %1 个此前已用过</translation>
    </message>
    <message>
        <source>the first repeated masking key</source>
        <translation>第一个重复的掩码键</translation>
    </message>
    <message>
        <source>Stream ends inside a frame</source>
        <translation>流在帧中间结束</translation>
    </message>
    <message>
        <source>The process crashed</source>
        <translation>进程崩溃</translation>
    </message>
    <message>
        <source>All its connections end at that moment</source>
        <translation>它的所有连接在同一时刻断开</translation>
    </message>
    <message>
        <source>A proxy cut the connection</source>
        <translation>代理切断了连接</translation>
    </message>
    <message>
        <source>A direct connection goes on; the time is the same each time</source>
        <translation>直连时连接保持；切断的时间每次相同</translation>
    </message>
    <message>
        <source>A write failed half-way</source>
        <translation>写入中途失败</translation>
    </message>
    <message>
        <source>The log of the sender shows a write error, for example a full disk</source>
        <translation>发送方日志中有写入错误，例如磁盘已满</translation>
    </message>
    <message>
        <source>See the rows of phase Close for what ended TCP.</source>
        <translation>TCP 因何结束，参见“关闭”阶段的各行。</translation>
    </message>
    <message>
        <source>HTTP text inside the socket</source>
        <translation>套接字中出现 HTTP 文本</translation>
    </message>
    <message>
        <source>A handler or a proxy writes an error page after the 101</source>
        <translation>处理程序或代理在 101 之后写入了错误页面</translation>
    </message>
    <message>
        <source>The text names the program that wrote it</source>
        <translation>文本中指明了写入它的程序</translation>
    </message>
    <message>
        <source>Never touch the HTTP response after the connection was taken over.</source>
        <translation>连接被接管后，切勿再操作 HTTP 响应。</translation>
    </message>
    <message>
        <source>Writers not serialised</source>
        <translation>写入未串行化</translation>
    </message>
    <message>
        <source>Several threads or goroutines write (gorilla does not lock for you)</source>
        <translation>多个线程或 goroutine 同时写入（gorilla 不会代为加锁）</translation>
    </message>
    <message>
        <source>The server logs &quot;concurrent write to websocket connection&quot;</source>
        <translation>服务器日志中有 &quot;concurrent write to websocket connection&quot;</translation>
    </message>
    <message>
        <source>A proxy mixes up octets</source>
        <translation>代理打乱了字节</translation>
    </message>
    <message>
        <source>Other routes through it are broken too</source>
        <translation>经过它的其他路由也有问题</translation>
    </message>
    <message>
        <source>One writer, or a lock around every write, pings included.</source>
        <translation>只用一个写入方，或在每次写入（包括 ping）时加锁。</translation>
    </message>
    <message>
        <source>Fragmentation style</source>
        <translation>分片方式</translation>
    </message>
    <message>
        <source>The default write buffer of 4,096 octets (gorilla)</source>
        <translation>默认写缓冲区为 4,096 字节（gorilla）</translation>
    </message>
    <message>
        <source>All fragments but the last have the same size of 4,0xx octets</source>
        <translation>除最后一片外，所有分片大小相同，为 4,0xx 字节</translation>
    </message>
    <message>
        <source>WriteBufferSize: 64*1024 for large streams.</source>
        <translation>传输大数据流时设置 WriteBufferSize: 64*1024。</translation>
    </message>
    <message>
        <source>Many tiny messages</source>
        <translation>大量微小消息</translation>
    </message>
    <message>
        <source>No batching</source>
        <translation>没有批量合并</translation>
    </message>
    <message>
        <source>Messages come in bursts within a few milliseconds</source>
        <translation>消息在几毫秒内成串到达</translation>
    </message>
    <message>
        <source>One update for each field</source>
        <translation>每个字段单独更新一次</translation>
    </message>
    <message>
        <source>Messages that follow each other name the same object</source>
        <translation>前后相继的消息指向同一对象</translation>
    </message>
    <message>
        <source>Join what happens within 20-50 ms into one message; reuse buffers.</source>
        <translation>把 20-50 ms 内发生的事件合并为一条消息；复用缓冲区。</translation>
    </message>
    <message>
        <source>Client masks predictable</source>
        <translation>客户端掩码可预测</translation>
    </message>
    <message>
        <source>A weak random generator</source>
        <translation>随机数生成器太弱</translation>
    </message>
    <message>
        <source>Keys repeat in the same order</source>
        <translation>掩码键以相同的顺序重复</translation>
    </message>
    <message>
        <source>A constant mask</source>
        <translation>固定的掩码</translation>
    </message>
    <message>
        <source>All frames carry the same key</source>
        <translation>所有帧使用同一个掩码键</translation>
    </message>
    <message>
        <source>Take each mask from a strong random source.</source>
        <translation>每个掩码都取自强随机源。</translation>
    </message>
    <message>
        <source>No frame from the server yet</source>
        <translation>尚未收到服务器的帧</translation>
    </message>
    <message>
        <source>None of %1 frames from the server is masked</source>
        <translation>服务器的 %1 帧均未加掩码</translation>
    </message>
    <message>
        <source>%1 of %2 frames from the server are masked</source>
        <translation>服务器的 %2 帧中有 %1 帧加了掩码</translation>
    </message>
    <message>
        <source>MASK is set</source>
        <translation>MASK 已置位</translation>
    </message>
    <message>
        <source>A reserved bit that permessage-deflate does not explain</source>
        <translation>permessage-deflate 无法解释的保留位</translation>
    </message>
    <message>
        <source>A reserved bit without an extension that gives it a meaning</source>
        <translation>设置了保留位，但没有赋予其含义的扩展</translation>
    </message>
    <message>
        <source>No reserved bit is set without an extension</source>
        <translation>没有扩展时未设置任何保留位</translation>
    </message>
    <message>
        <source>A reserved opcode</source>
        <translation>保留的操作码</translation>
    </message>
    <message>
        <source>All opcodes are defined</source>
        <translation>所有操作码均有定义</translation>
    </message>
    <message>
        <source>A control frame without FIN</source>
        <translation>控制帧未设置 FIN</translation>
    </message>
    <message>
        <source>No control frame is fragmented</source>
        <translation>没有被分片的控制帧</translation>
    </message>
    <message>
        <source>A control frame with more than 125 octets</source>
        <translation>控制帧超过 125 字节</translation>
    </message>
    <message>
        <source>No control frame has more than 125 octets</source>
        <translation>没有超过 125 字节的控制帧</translation>
    </message>
    <message>
        <source>A continuation although no message was under way</source>
        <translation>没有进行中的消息，却出现了延续帧</translation>
    </message>
    <message>
        <source>Each continuation continues a message</source>
        <translation>每个延续帧都延续了一条消息</translation>
    </message>
    <message>
        <source>A new message began inside a fragmented one</source>
        <translation>分片消息尚未结束就开始了新消息</translation>
    </message>
    <message>
        <source>No message began inside another</source>
        <translation>没有消息在另一条消息中间开始</translation>
    </message>
    <message>
        <source>A length that is not in its shortest form</source>
        <translation>长度未采用最短形式</translation>
    </message>
    <message>
        <source>All lengths are in their shortest form</source>
        <translation>所有长度都采用最短形式</translation>
    </message>
    <message>
        <source>The top bit of a 64-bit length is set (%1)</source>
        <translation>64 位长度的最高位被置位（%1）</translation>
    </message>
    <message>
        <source>The longest frame announces %1 octets</source>
        <translation>最长的帧声明了 %1 字节</translation>
    </message>
    <message>
        <source>Text that is not UTF-8, %1, in the frame at stream offset %2</source>
        <translation>流偏移 %2 处的帧中有非 UTF-8 文本，%1</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1：%2</translation>
    </message>
    <message>
        <source>No text message has passed</source>
        <translation>没有出现过文本消息</translation>
    </message>
    <message>
        <source>All text is UTF-8</source>
        <translation>所有文本都是 UTF-8</translation>
    </message>
    <message>
        <source>Server frame is masked</source>
        <translation>服务器的帧带掩码</translation>
    </message>
    <message>
        <source>A client library plays the server</source>
        <translation>用客户端库充当服务器</translation>
    </message>
    <message>
        <source>Its frames are right otherwise; the code creates a client connection</source>
        <translation>它的帧在其他方面都正确；代码创建的是客户端连接</translation>
    </message>
    <message>
        <source>A proxy passes client frames back unmodified</source>
        <translation>代理把客户端的帧原样传回</translation>
    </message>
    <message>
        <source>The frame equals one that we sent</source>
        <translation>该帧与本端发送的某一帧相同</translation>
    </message>
    <message>
        <source>Two parsers answer on one socket</source>
        <translation>两个解析器在同一套接字上应答</translation>
    </message>
    <message>
        <source>Other frames of the same connection are not masked</source>
        <translation>同一连接的其他帧没有掩码</translation>
    </message>
    <message>
        <source>Server frames are sent without a mask.</source>
        <translation>服务器的帧应不加掩码发送。</translation>
    </message>
    <message>
        <source>Reserved bits set</source>
        <translation>保留位被置位</translation>
    </message>
    <message>
        <source>Compression is agreed on one hop only</source>
        <translation>只在某一跳上协商了压缩</translation>
    </message>
    <message>
        <source>One side of the proxy shows Sec-WebSocket-Extensions, the other does not</source>
        <translation>代理的一侧有 Sec-WebSocket-Extensions，另一侧没有</translation>
    </message>
    <message>
        <source>Octets that are no WebSocket are in the stream</source>
        <translation>流中混入了不属于 WebSocket 的字节</translation>
    </message>
    <message>
        <source>frame.http-in-stream fails as well, or the payload is readable text</source>
        <translation>frame.http-in-stream 也失败，或载荷是可读文本</translation>
    </message>
    <message>
        <source>Two parsers read one socket</source>
        <translation>两个解析器读取同一套接字</translation>
    </message>
    <message>
        <source>It begins within a second of the opening</source>
        <translation>连接打开后一秒内就出现</translation>
    </message>
    <message>
        <source>A fault of an Apple network stack</source>
        <translation>Apple 网络栈的缺陷</translation>
    </message>
    <message>
        <source>Only clients on Apple systems show it</source>
        <translation>仅 Apple 系统上的客户端出现此现象</translation>
    </message>
    <message>
        <source>Agree on extensions on every hop, or disable compression.</source>
        <translation>在每一跳上协商扩展，或禁用压缩。</translation>
    </message>
    <message>
        <source>Reserved opcode</source>
        <translation>保留的操作码</translation>
    </message>
    <message>
        <source>The stream is out of step</source>
        <translation>流已失步</translation>
    </message>
    <message>
        <source>A frame before it announced a wrong length, or other faults follow</source>
        <translation>此前某一帧声明了错误的长度，或其后还有其他错误</translation>
    </message>
    <message>
        <source>A private extension that was not negotiated</source>
        <translation>未经协商的私有扩展</translation>
    </message>
    <message>
        <source>The same opcode in each such frame, and good frames between them</source>
        <translation>每个此类帧的操作码都相同，其间夹有正常的帧</translation>
    </message>
    <message>
        <source>Negotiate an extension before its opcodes are used.</source>
        <translation>先协商扩展，再使用其操作码。</translation>
    </message>
    <message>
        <source>Control frame with FIN=0</source>
        <translation>FIN=0 的控制帧</translation>
    </message>
    <message>
        <source>The encoder clears FIN on control frames</source>
        <translation>编码器清除了控制帧的 FIN</translation>
    </message>
    <message>
        <source>Each control frame of that sender shows it</source>
        <translation>该发送方的每个控制帧都是如此</translation>
    </message>
    <message>
        <source>Send control frames with FIN=1.</source>
        <translation>发送控制帧时设置 FIN=1。</translation>
    </message>
    <message>
        <source>Control payload above 125 octets</source>
        <translation>控制帧载荷超过 125 字节</translation>
    </message>
    <message>
        <source>A long close reason</source>
        <translation>关闭原因过长</translation>
    </message>
    <message>
        <source>The frame is a Close</source>
        <translation>该帧是关闭帧</translation>
    </message>
    <message>
        <source>Much data in a ping</source>
        <translation>ping 中数据过多</translation>
    </message>
    <message>
        <source>The frame is a Ping or Pong</source>
        <translation>该帧是 Ping 或 Pong</translation>
    </message>
    <message>
        <source>Keep control payloads to 125 octets, a close reason to 123.</source>
        <translation>控制帧载荷不要超过 125 字节，关闭原因不要超过 123 字节。</translation>
    </message>
    <message>
        <source>Continuation without a start</source>
        <translation>没有起始帧的延续帧</translation>
    </message>
    <message>
        <source>The first fragment was lost</source>
        <translation>第一个分片丢失</translation>
    </message>
    <message>
        <source>A proxy or a filter dropped a frame; a direct connection is right</source>
        <translation>代理或过滤器丢弃了一帧；直连时正常</translation>
    </message>
    <message>
        <source>Several writers interleave their frames</source>
        <translation>多个写入方的帧相互交错</translation>
    </message>
    <message>
        <source>frame.interleaved-messages or frame.concurrent-writers fails as well</source>
        <translation>frame.interleaved-messages 或 frame.concurrent-writers 也失败</translation>
    </message>
    <message>
        <source>Let one writer send all frames.</source>
        <translation>让一个写入方发送所有帧。</translation>
    </message>
    <message>
        <source>New message inside a fragmented one</source>
        <translation>分片消息中间开始新消息</translation>
    </message>
    <message>
        <source>Two threads or goroutines write at once</source>
        <translation>两个线程或 goroutine 同时写入</translation>
    </message>
    <message>
        <source>It depends on load, and comes at random places (frame.concurrent-writers)</source>
        <translation>与负载有关，出现位置随机（frame.concurrent-writers）</translation>
    </message>
    <message>
        <source>Serialise all writes.</source>
        <translation>将所有写入串行化。</translation>
    </message>
    <message>
        <source>Length not in its shortest form</source>
        <translation>长度未采用最短形式</translation>
    </message>
    <message>
        <source>An encoder written by hand</source>
        <translation>手写的编码器</translation>
    </message>
    <message>
        <source>It always writes 16 or 64 bits of length</source>
        <translation>它总是写入 16 位或 64 位的长度</translation>
    </message>
    <message>
        <source>Use the shortest form: 7 bits up to 125, 16 bits up to 65,535.</source>
        <translation>使用最短形式：125 以内用 7 位，65,535 以内用 16 位。</translation>
    </message>
    <message>
        <source>Length with the top bit set, or absurd</source>
        <translation>长度的最高位被置位，或长度荒谬</translation>
    </message>
    <message>
        <source>A frame before it is wrong as well</source>
        <translation>此前的某一帧也有错误</translation>
    </message>
    <message>
        <source>An attack on the receiver&apos;s memory</source>
        <translation>针对接收方内存的攻击</translation>
    </message>
    <message>
        <source>The same length again with each connection</source>
        <translation>每次连接都出现同样的长度</translation>
    </message>
    <message>
        <source>Close with 1009 or 1002.</source>
        <translation>以 1009 或 1002 关闭。</translation>
    </message>
    <message>
        <source>Text is not UTF-8</source>
        <translation>文本不是 UTF-8</translation>
    </message>
    <message>
        <source>Binary data is sent as text</source>
        <translation>二进制数据被当作文本发送</translation>
    </message>
    <message>
        <source>The payload has NUL octets or a known file signature</source>
        <translation>载荷含有 NUL 字节或已知的文件签名</translation>
    </message>
    <message>
        <source>Text is cut inside a character</source>
        <translation>文本在字符中间被截断</translation>
    </message>
    <message>
        <source>The bad octet is the last or the first of the message</source>
        <translation>错误字节是消息的最后一个或第一个字节</translation>
    </message>
    <message>
        <source>Text in another character set</source>
        <translation>文本采用其他字符集</translation>
    </message>
    <message>
        <source>Single octets above 7f stand between letters</source>
        <translation>字母之间夹有大于 7f 的单个字节</translation>
    </message>
    <message>
        <source>Send binary messages, or encode the text as UTF-8.</source>
        <translation>发送二进制消息，或将文本编码为 UTF-8。</translation>
    </message>
    <message>
        <source>We sent no ping</source>
        <translation>本端未发送 ping</translation>
    </message>
    <message>
        <source>the unanswered ping</source>
        <translation>未获应答的 ping</translation>
    </message>
    <message>
        <source>No pong for %1</source>
        <translation>已有 %1 没有收到 pong</translation>
    </message>
    <message>
        <source>%1, then the other side ended the connection</source>
        <translation>%1，随后对端结束了连接</translation>
    </message>
    <message>
        <source>A pong came, but with another payload (heartbeat.pong-payload)</source>
        <translation>收到了 pong，但载荷不同（heartbeat.pong-payload）</translation>
    </message>
    <message>
        <source>The pong is not due yet</source>
        <translation>pong 时限未到</translation>
    </message>
    <message>
        <source>%1 of %2 pings answered, the slowest after %3</source>
        <translation>%2 个 ping 中有 %1 个获得应答，最慢的用时 %3</translation>
    </message>
    <message>
        <source>ping</source>
        <translation>ping</translation>
    </message>
    <message>
        <source>its pong</source>
        <translation>对应的 pong</translation>
    </message>
    <message>
        <source>A pong came with another payload than the ping that waited for it</source>
        <translation>收到的 pong 与等待它的 ping 载荷不同</translation>
    </message>
    <message>
        <source>the pong</source>
        <translation>该 pong</translation>
    </message>
    <message>
        <source>%1 of %2 pings were left out: only the latest was answered</source>
        <translation>%2 个 ping 中有 %1 个被略过：只应答了最新的一个</translation>
    </message>
    <message>
        <source>the first ping left out</source>
        <translation>第一个被略过的 ping</translation>
    </message>
    <message>
        <source>No pong was received</source>
        <translation>没有收到 pong</translation>
    </message>
    <message>
        <source>All %1 pongs carry the octets of their ping</source>
        <translation>全部 %1 个 pong 都携带了其 ping 的字节</translation>
    </message>
    <message>
        <source>Each pong answers a ping</source>
        <translation>每个 pong 都对应一个 ping</translation>
    </message>
    <message>
        <source>%1 pongs that no ping asked for, which is legal</source>
        <translation>%1 个 pong 没有对应的 ping，这是合法的</translation>
    </message>
    <message>
        <source>the first</source>
        <translation>第一个</translation>
    </message>
    <message>
        <source>No pong was missed</source>
        <translation>没有漏掉 pong</translation>
    </message>
    <message>
        <source>%1 pongs missed, up to %2 in a row</source>
        <translation>漏掉 %1 个 pong，最多连续 %2 个</translation>
    </message>
    <message>
        <source>the first time-out</source>
        <translation>第一次超时</translation>
    </message>
    <message>
        <source>Pings for less than 5 minutes</source>
        <translation>Ping 持续时间不足 5 分钟</translation>
    </message>
    <message>
        <source>Up to %1 % late or missed pongs in 5 minutes</source>
        <translation>5 分钟内最多有 %1 % 的 pong 迟到或漏掉</translation>
    </message>
    <message>
        <source>the last ping</source>
        <translation>最后一个 ping</translation>
    </message>
    <message>
        <source>RTT of %1 pings: minimum %2, median %3, P99 %4</source>
        <translation>%1 个 ping 的 RTT：最小 %2，中位数 %3，P99 %4</translation>
    </message>
    <message>
        <source>the slowest pong</source>
        <translation>最慢的 pong</translation>
    </message>
    <message>
        <source>No data passed between a ping and its pong</source>
        <translation>没有数据在 ping 与其 pong 之间传输</translation>
    </message>
    <message>
        <source>Data passed between each ping and its pong</source>
        <translation>每个 ping 与其 pong 之间都有数据传输</translation>
    </message>
    <message>
        <source>Median RTT %1 while data flows, %2 otherwise</source>
        <translation>RTT 中位数：有数据传输时 %1，其余时间 %2</translation>
    </message>
    <message>
        <source>No pong came after a Close of its sender</source>
        <translation>发送方的关闭帧之后没有再发 pong</translation>
    </message>
    <message>
        <source>%1 pongs after a Close of their sender</source>
        <translation>发送方在其关闭帧之后又发了 %1 个 pong</translation>
    </message>
    <message>
        <source>Peer answers Ping</source>
        <translation>对端应答 Ping</translation>
    </message>
    <message>
        <source>The reader is blocked: the handler does not read (gorilla answers only inside a read)</source>
        <translation>读取方阻塞：处理程序不读取（gorilla 只在读取过程中应答）</translation>
    </message>
    <message>
        <source>Pongs come as soon as the handler reads again</source>
        <translation>处理程序一恢复读取，pong 就到达</translation>
    </message>
    <message>
        <source>The event loop is blocked</source>
        <translation>事件循环阻塞</translation>
    </message>
    <message>
        <source>Data messages wait as long as pongs</source>
        <translation>数据消息等待的时间与 pong 一样长</translation>
    </message>
    <message>
        <source>A proxy buffers</source>
        <translation>代理进行缓冲</translation>
    </message>
    <message>
        <source>A direct connection answers at once</source>
        <translation>直连时立即应答</translation>
    </message>
    <message>
        <source>The pong handler was replaced by one that does not reply</source>
        <translation>pong 处理函数被替换为不应答的函数</translation>
    </message>
    <message>
        <source>Data is answered, pings never are</source>
        <translation>数据有应答，ping 从无应答</translation>
    </message>
    <message>
        <source>Keep a reader running; do not block handlers.</source>
        <translation>保持读取方运行；不要阻塞处理程序。</translation>
    </message>
    <message>
        <source>Pong echoes the payload</source>
        <translation>Pong 回显载荷</translation>
    </message>
    <message>
        <source>A handler of the application sends empty or own pongs</source>
        <translation>应用程序的处理函数发送空的或自定义的 pong</translation>
    </message>
    <message>
        <source>All pongs of that server carry the same octets</source>
        <translation>该服务器的所有 pong 携带相同的字节</translation>
    </message>
    <message>
        <source>Echo the application data of the ping.</source>
        <translation>回显 ping 的应用数据。</translation>
    </message>
    <message>
        <source>Unsolicited Pong</source>
        <translation>未经请求的 Pong</translation>
    </message>
    <message>
        <source>Keepalive in the style of IE and ASP.NET</source>
        <translation>IE 和 ASP.NET 式的保活</translation>
    </message>
    <message>
        <source>The pongs come at a steady interval</source>
        <translation>Pong 以固定间隔到达</translation>
    </message>
    <message>
        <source>A timer writes pongs instead of pings</source>
        <translation>计时器发送的是 pong 而不是 ping</translation>
    </message>
    <message>
        <source>The sender never sends a ping</source>
        <translation>发送方从不发送 ping</translation>
    </message>
    <message>
        <source>Consecutive missed Pongs</source>
        <translation>连续漏掉的 Pong</translation>
    </message>
    <message>
        <source>The peer is stalled</source>
        <translation>对端停滞</translation>
    </message>
    <message>
        <source>Its data stops as well</source>
        <translation>它的数据也停止了</translation>
    </message>
    <message>
        <source>The path loses packets</source>
        <translation>路径丢包</translation>
    </message>
    <message>
        <source>TCP retransmits rise (TCP_INFO)</source>
        <translation>TCP 重传增多（TCP_INFO）</translation>
    </message>
    <message>
        <source>Close the connection and connect again.</source>
        <translation>关闭连接并重新连接。</translation>
    </message>
    <message>
        <source>Share of late Pongs</source>
        <translation>迟到 Pong 的比例</translation>
    </message>
    <message>
        <source>The server is overloaded</source>
        <translation>服务器过载</translation>
    </message>
    <message>
        <source>Late pongs on all its connections at the same time</source>
        <translation>它的所有连接同时出现 pong 迟到</translation>
    </message>
    <message>
        <source>A radio link</source>
        <translation>无线链路</translation>
    </message>
    <message>
        <source>Late pongs on this client only, with TCP retransmits</source>
        <translation>只有此客户端的 pong 迟到，并伴有 TCP 重传</translation>
    </message>
    <message>
        <source>Scale the server, or adapt the period.</source>
        <translation>扩容服务器，或调整周期。</translation>
    </message>
    <message>
        <source>RTT and its spread</source>
        <translation>RTT 及其离散程度</translation>
    </message>
    <message>
        <source>Full buffers on the path</source>
        <translation>路径上的缓冲区已满</translation>
    </message>
    <message>
        <source>TCP RTT rises with it while data flows</source>
        <translation>数据传输时 TCP RTT 随之升高</translation>
    </message>
    <message>
        <source>Pauses of the server, such as garbage collection</source>
        <translation>服务器停顿，例如垃圾回收</translation>
    </message>
    <message>
        <source>TCP RTT stays low</source>
        <translation>TCP RTT 保持较低</translation>
    </message>
    <message>
        <source>Packet loss</source>
        <translation>丢包</translation>
    </message>
    <message>
        <source>TCP retransmits rise</source>
        <translation>TCP 重传增多</translation>
    </message>
    <message>
        <source>See the other rows of this phase.</source>
        <translation>参见此阶段的其他各行。</translation>
    </message>
    <message>
        <source>Pong delay while data flows</source>
        <translation>数据传输时的 pong 延迟</translation>
    </message>
    <message>
        <source>The writer holds a lock</source>
        <translation>写入方持有锁</translation>
    </message>
    <message>
        <source>Pongs come right after a message ends</source>
        <translation>Pong 在消息结束后立即到达</translation>
    </message>
    <message>
        <source>Large messages stand before the pong</source>
        <translation>大消息排在 pong 之前</translation>
    </message>
    <message>
        <source>The delay grows with the size of the messages</source>
        <translation>延迟随消息大小增长</translation>
    </message>
    <message>
        <source>Messages are not fragmented</source>
        <translation>消息未分片</translation>
    </message>
    <message>
        <source>Each message is one large frame</source>
        <translation>每条消息都是一个大帧</translation>
    </message>
    <message>
        <source>One writer that sends control frames first; fragment large messages.</source>
        <translation>只用一个写入方并优先发送控制帧；将大消息分片。</translation>
    </message>
    <message>
        <source>Ping answered after Close</source>
        <translation>关闭帧之后仍应答 Ping</translation>
    </message>
    <message>
        <source>A race between the answer and the Close</source>
        <translation>应答与关闭帧之间的竞态</translation>
    </message>
    <message>
        <source>The pong follows the Close within one round trip</source>
        <translation>pong 在关闭帧之后一个往返时间内到达</translation>
    </message>
    <message>
        <source>the last octets before the silence</source>
        <translation>静默之前的最后字节</translation>
    </message>
    <message>
        <source>Nobody sent anything for %1, then TCP was ended without a Close</source>
        <translation>双方 %1 没有发送任何内容，随后 TCP 在没有关闭帧的情况下结束</translation>
    </message>
    <message>
        <source>Nobody sent anything for %1</source>
        <translation>双方 %1 没有发送任何内容</translation>
    </message>
    <message>
        <source>Pings or pongs pass; the longest silence was %1</source>
        <translation>有 ping 或 pong 传输；最长静默为 %1</translation>
    </message>
    <message>
        <source>Open for %1 only; judged after %2</source>
        <translation>连接仅打开了 %1；满 %2 后才判定</translation>
    </message>
    <message>
        <source>The longest silence was %1</source>
        <translation>最长静默为 %1</translation>
    </message>
    <message>
        <source>Nothing was silent yet</source>
        <translation>尚未出现静默</translation>
    </message>
    <message>
        <source>Longest silence %1, %2 % of the assumed idle limit of %3</source>
        <translation>最长静默 %1，为假定空闲限值 %3 的 %2 %</translation>
    </message>
    <message>
        <source>We ping every %1</source>
        <translation>本端每 %1 发送一次 ping</translation>
    </message>
    <message>
        <source>The other side pings every %1</source>
        <translation>对端每 %1 发送一次 ping</translation>
    </message>
    <message>
        <source>the schedule</source>
        <translation>发送计划</translation>
    </message>
    <message>
        <source>Fewer than two pings, so there is no interval</source>
        <translation>ping 不足两个，无法得出间隔</translation>
    </message>
    <message>
        <source>%1; the assumed idle limit is %2</source>
        <translation>%1；假定的空闲限值为 %2</translation>
    </message>
    <message>
        <source>The heartbeat notices a dead peer after %1, TCP keepalive after %2</source>
        <translation>心跳在 %1 后发现对端失效，TCP keepalive 在 %2 后发现</translation>
    </message>
    <message>
        <source>No heartbeat runs; TCP keepalive would notice a dead peer after %1</source>
        <translation>没有心跳；TCP keepalive 要在 %1 后才能发现对端失效</translation>
    </message>
    <message>
        <source>the connection</source>
        <translation>该连接</translation>
    </message>
    <message>
        <source>A dead peer is noticed after %1; wanted are %2</source>
        <translation>%1 后发现对端失效；期望值为 %2</translation>
    </message>
    <message>
        <source>Nobody sends heartbeats</source>
        <translation>双方都不发送心跳</translation>
    </message>
    <message>
        <source>Neither side has a timer</source>
        <translation>双方都没有计时器</translation>
    </message>
    <message>
        <source>No ping or pong in the whole capture</source>
        <translation>整个抓包文件中没有 ping 或 pong</translation>
    </message>
    <message>
        <source>Only the client has a timer, and it was throttled</source>
        <translation>只有客户端有计时器，而且被限流</translation>
    </message>
    <message>
        <source>Pings of the client stop after the page went into the background</source>
        <translation>页面转入后台后，客户端的 ping 停止</translation>
    </message>
    <message>
        <source>Let the server ping every 20-30 s.</source>
        <translation>让服务器每 20-30 s 发送一次 ping。</translation>
    </message>
    <message>
        <source>Interval against the idle limit of the path</source>
        <translation>间隔与路径的空闲限值</translation>
    </message>
    <message>
        <source>The interval was chosen without proxies in mind</source>
        <translation>选择间隔时没有考虑代理</translation>
    </message>
    <message>
        <source>A shorter interval keeps the connection</source>
        <translation>缩短间隔后连接保持</translation>
    </message>
    <message>
        <source>Ping every 25-30 s on a path that cuts after 60 s.</source>
        <translation>若路径在 60 s 后切断，每 25-30 s 发送一次 ping。</translation>
    </message>
    <message>
        <source>Interval equals the time-out</source>
        <translation>间隔等于超时时间</translation>
    </message>
    <message>
        <source>Both were left at 60 s</source>
        <translation>两者都保留为 60 s</translation>
    </message>
    <message>
        <source>The proxy&apos;s configuration shows no other value</source>
        <translation>代理的配置中没有其他值</translation>
    </message>
    <message>
        <source>Ping at no more than half the idle limit.</source>
        <translation>Ping 间隔不要超过空闲限值的一半。</translation>
    </message>
    <message>
        <source>Heartbeats too dense</source>
        <translation>心跳过密</translation>
    </message>
    <message>
        <source>A wish to notice failures within seconds was put on the socket</source>
        <translation>把在数秒内发现故障的要求加在了套接字上</translation>
    </message>
    <message>
        <source>The interval is a few seconds or less</source>
        <translation>间隔只有几秒或更短</translation>
    </message>
    <message>
        <source>Raise the interval, or detect failures elsewhere.</source>
        <translation>增大间隔，或用其他方式检测故障。</translation>
    </message>
    <message>
        <source>Who detects a dead peer first</source>
        <translation>谁最先发现对端失效</translation>
    </message>
    <message>
        <source>The program relies on TCP</source>
        <translation>程序依赖 TCP</translation>
    </message>
    <message>
        <source>No ping in the capture</source>
        <translation>抓包文件中没有 ping</translation>
    </message>
    <message>
        <source>Enable a heartbeat.</source>
        <translation>启用心跳。</translation>
    </message>
    <message>
        <source>Detection time against the wanted one</source>
        <translation>检测时间与期望值</translation>
    </message>
    <message>
        <source>The period or the number of allowed misses is too large</source>
        <translation>周期或允许漏掉的次数过大</translation>
    </message>
    <message>
        <source>Period × misses + time-out is the detection time</source>
        <translation>周期 × 漏掉次数 + 超时 = 检测时间</translation>
    </message>
    <message>
        <source>Period = wanted time / (misses + 1).</source>
        <translation>周期 = 期望时间 / (漏掉次数 + 1)。</translation>
    </message>
    <message>
        <source>No Server field that names nginx</source>
        <translation>没有指明 nginx 的 Server 字段</translation>
    </message>
    <message>
        <source>The Server field names %1, not nginx</source>
        <translation>Server 字段指明的是 %1，不是 nginx</translation>
    </message>
    <message>
        <source>absent</source>
        <translation>无</translation>
    </message>
    <message>
        <source>%1 saw Upgrade %2</source>
        <translation>%1 收到的 Upgrade 为 %2</translation>
    </message>
    <message>
        <source>nginx does not forward Upgrade: %1 saw HTTP/%2, Upgrade %3, Connection %4</source>
        <translation>nginx 未转发 Upgrade：%1 收到 HTTP/%2、Upgrade %3、Connection %4</translation>
    </message>
    <message>
        <source>nginx does not forward Upgrade: %1 saw no upgrade request</source>
        <translation>nginx 未转发 Upgrade：%1 没有收到升级请求</translation>
    </message>
    <message>
        <source>nginx does not forward the upgrade: %1 saw no &quot;upgrade&quot; in Connection</source>
        <translation>nginx 未转发升级：%1 收到的 Connection 中没有 &quot;upgrade&quot;</translation>
    </message>
    <message>
        <source>nginx does not forward Upgrade: %1 refused the handshake fields, which left us in order</source>
        <translation>nginx 未转发 Upgrade：%1 拒绝了握手字段，而这些字段从本端发出时是正确的</translation>
    </message>
    <message>
        <source>The answer of %1 does not tell whether it saw Upgrade</source>
        <translation>%1 的应答无法说明它是否收到了 Upgrade</translation>
    </message>
    <message>
        <source>nginx forwarded the upgrade: the answer is 101</source>
        <translation>nginx 转发了升级：应答为 101</translation>
    </message>
    <message>
        <source>Status %1 does not speak of the fields that nginx forwards</source>
        <translation>状态 %1 与 nginx 转发的字段无关</translation>
    </message>
    <message>
        <source>nginx itself wrote this answer</source>
        <translation>此应答由 nginx 自身写出</translation>
    </message>
    <message>
        <source>nginx does not forward Upgrade: %1 through it, 101 with the direct attempt</source>
        <translation>nginx 未转发 Upgrade：经由它得到 %1，直连尝试得到 101</translation>
    </message>
    <message>
        <source>The direct attempt got no 101 either</source>
        <translation>直连尝试也没有得到 101</translation>
    </message>
    <message>
        <source>Nothing shows what the server behind nginx saw; a direct attempt (--direct) would</source>
        <translation>无从得知 nginx 后面的服务器收到了什么；直连尝试（--direct）可以说明</translation>
    </message>
    <message>
        <source>Nothing shows what Connection the server behind nginx saw</source>
        <translation>无从得知 nginx 后面的服务器收到的 Connection 是什么</translation>
    </message>
    <message>
        <source>%1 saw &quot;upgrade&quot; in Connection</source>
        <translation>%1 收到的 Connection 中有 &quot;upgrade&quot;</translation>
    </message>
    <message>
        <source>%1 saw no Upgrade either</source>
        <translation>%1 也没有收到 Upgrade</translation>
    </message>
    <message>
        <source>Upgrade arrives, Connection does not: %1 saw Connection %2</source>
        <translation>Upgrade 已到达，Connection 没有：%1 收到 Connection %2</translation>
    </message>
    <message>
        <source>A 101 does not show the HTTP version behind nginx</source>
        <translation>101 无法说明 nginx 后面的 HTTP 版本</translation>
    </message>
    <message>
        <source>Nothing shows the HTTP version behind nginx</source>
        <translation>无从得知 nginx 后面的 HTTP 版本</translation>
    </message>
    <message>
        <source>%1 could not read the request of nginx; it reads HTTP/1.1 only</source>
        <translation>%1 无法读取 nginx 的请求；它只能读取 HTTP/1.1</translation>
    </message>
    <message>
        <source>%1 saw HTTP/%2</source>
        <translation>%1 收到 HTTP/%2</translation>
    </message>
    <message>
        <source>nginx speaks HTTP/1.0 to %1, which lacks Upgrade or Connection as well</source>
        <translation>nginx 对 %1 使用 HTTP/1.0，并且缺少 Upgrade 或 Connection</translation>
    </message>
    <message>
        <source>nginx speaks HTTP/1.0 to %1, which refuses the upgrade for that</source>
        <translation>nginx 对 %1 使用 HTTP/1.0，后者因此拒绝升级</translation>
    </message>
    <message>
        <source>nginx (proxy_read_timeout), AWS ALB, ingress-nginx</source>
        <translation>nginx（proxy_read_timeout）、AWS ALB、ingress-nginx</translation>
    </message>
    <message>
        <source>HAProxy</source>
        <translation>HAProxy</translation>
    </message>
    <message>
        <source>Cloudflare</source>
        <translation>Cloudflare</translation>
    </message>
    <message>
        <source>Azure Load Balancer</source>
        <translation>Azure Load Balancer</translation>
    </message>
    <message>
        <source>Envoy</source>
        <translation>Envoy</translation>
    </message>
    <message>
        <source>AWS NLB</source>
        <translation>AWS NLB</translation>
    </message>
    <message>
        <source>AWS API Gateway</source>
        <translation>AWS API Gateway</translation>
    </message>
    <message>
        <source>a configured value</source>
        <translation>某个配置值</translation>
    </message>
    <message>
        <source>as with %1</source>
        <translation>与 %1 相符</translation>
    </message>
    <message>
        <source>The end came with a Close frame</source>
        <translation>连接以关闭帧结束</translation>
    </message>
    <message>
        <source>The peer did not end TCP; longest silence %1</source>
        <translation>对端没有结束 TCP；最长静默为 %1</translation>
    </message>
    <message>
        <source>We failed the connection before TCP ended</source>
        <translation>TCP 结束之前，本端已判定连接失败</translation>
    </message>
    <message>
        <source>TCP ended %1 after the last octet: no silence</source>
        <translation>TCP 在最后一个字节之后 %1 结束：没有静默</translation>
    </message>
    <message>
        <source>The connection was never open</source>
        <translation>连接从未打开</translation>
    </message>
    <message>
        <source>The connection still stands</source>
        <translation>连接仍未断开</translation>
    </message>
    <message>
        <source>%1 without a Close after %2 without an octet either way (%3)</source>
        <translation>%1，没有关闭帧，此前 %2 双向没有任何字节（%3）</translation>
    </message>
    <message>
        <source>%1; the same with other attempts: %2</source>
        <translation>%1；其他尝试也是如此：%2</translation>
    </message>
    <message>
        <source>The last octet</source>
        <translation>最后一个字节</translation>
    </message>
    <message>
        <source>%1 after %2 of silence</source>
        <translation>%1，此前静默 %2</translation>
    </message>
    <message>
        <source>nginx does not forward Upgrade</source>
        <translation>nginx 未转发 Upgrade</translation>
    </message>
    <message>
        <source>The location lacks proxy_set_header Upgrade and Connection</source>
        <translation>location 缺少 proxy_set_header Upgrade 和 Connection</translation>
    </message>
    <message>
        <source>nginx -T shows the location without them; a direct attempt (--direct) gets 101</source>
        <translation>nginx -T 显示的 location 中没有这些指令；直连尝试（--direct）得到 101</translation>
    </message>
    <message>
        <source>It lacks proxy_http_version 1.1 as well: nginx then speaks HTTP/1.0 to the backend (proxy.nginx-http10)</source>
        <translation>它还缺少 proxy_http_version 1.1：nginx 因而对后端使用 HTTP/1.0（proxy.nginx-http10）</translation>
    </message>
    <message>
        <source>The refusal or the server&apos;s log shows HTTP/1.0</source>
        <translation>拒绝响应或服务器日志显示 HTTP/1.0</translation>
    </message>
    <message>
        <source>Another location matches the path</source>
        <translation>另一个 location 匹配了该路径</translation>
    </message>
    <message>
        <source>nginx -T shows the settings, but in a location that does not win</source>
        <translation>nginx -T 显示有这些设置，但所在的 location 未被选中</translation>
    </message>
    <message>
        <source>An include replaces the settings</source>
        <translation>某个 include 替换了这些设置</translation>
    </message>
    <message>
        <source>A proxy_set_header further in drops all those of the outer levels</source>
        <translation>内层的 proxy_set_header 会丢弃所有外层的同类设置</translation>
    </message>
    <message>
        <source>proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $connection_upgrade; with map $http_upgrade $connection_upgrade { default upgrade; &apos;&apos; close; }</source>
        <translation>proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $connection_upgrade; 并配置 map $http_upgrade $connection_upgrade { default upgrade; &apos;&apos; close; }</translation>
    </message>
    <message>
        <source>Connection emptied for keepalive</source>
        <translation>Connection 因 keepalive 被清空</translation>
    </message>
    <message>
        <source>proxy_set_header Connection &apos;&apos; from an upstream-keepalive recipe, or no proxy_set_header Connection at all</source>
        <translation>照搬 upstream keepalive 配置的 proxy_set_header Connection &apos;&apos;，或根本没有 proxy_set_header Connection</translation>
    </message>
    <message>
        <source>nginx -T shows it in the location of the WebSocket</source>
        <translation>nginx -T 显示它位于 WebSocket 的 location 中</translation>
    </message>
    <message>
        <source>proxy_set_header Connection $connection_upgrade; keep the empty value for plain locations only.</source>
        <translation>proxy_set_header Connection $connection_upgrade; 仅在普通 location 中保留空值。</translation>
    </message>
    <message>
        <source>Upstream hop speaks HTTP/1.0</source>
        <translation>上游一跳使用 HTTP/1.0</translation>
    </message>
    <message>
        <source>The location lacks proxy_http_version 1.1; nginx before 1.29.7 speaks HTTP/1.0 by default</source>
        <translation>location 缺少 proxy_http_version 1.1；nginx 在 1.29.7 之前默认使用 HTTP/1.0</translation>
    </message>
    <message>
        <source>nginx -T shows no proxy_http_version; the refusal or the server&apos;s log shows HTTP/1.0</source>
        <translation>nginx -T 显示没有 proxy_http_version；拒绝响应或服务器日志显示 HTTP/1.0</translation>
    </message>
    <message>
        <source>proxy_http_version 1.1; (the default since nginx 1.29.7)</source>
        <translation>proxy_http_version 1.1;（自 nginx 1.29.7 起为默认值）</translation>
    </message>
    <message>
        <source>Cut after silence</source>
        <translation>静默后被切断</translation>
    </message>
    <message>
        <source>A read or tunnel time-out of a proxy</source>
        <translation>代理的读取超时或隧道超时</translation>
    </message>
    <message>
        <source>FIN, after the same time with every attempt; pings or data in the gap prevent it</source>
        <translation>收到 FIN，每次尝试都在同样时间之后；间隙中有 ping 或数据即可避免</translation>
    </message>
    <message>
        <source>A read deadline of the server without a pong handler</source>
        <translation>服务器设置了读取期限，但没有 pong 处理函数</translation>
    </message>
    <message>
        <source>The time stays the same although the client pings</source>
        <translation>即使客户端发送 ping，时间也不变</translation>
    </message>
    <message>
        <source>A NAT or firewall forgot the connection</source>
        <translation>NAT 或防火墙丢失了连接状态</translation>
    </message>
    <message>
        <source>No FIN at all: a reset or a time-out after the next write</source>
        <translation>完全没有 FIN：下次写入后出现复位或超时</translation>
    </message>
    <message>
        <source>Send heartbeats at no more than half of that time; raise proxy_read_timeout (nginx) or timeout tunnel (HAProxy).</source>
        <translation>发送心跳的间隔不要超过该时间的一半；调高 proxy_read_timeout（nginx）或 timeout tunnel（HAProxy）。</translation>
    </message>
    <message>
        <source>the value is empty</source>
        <translation>值为空</translation>
    </message>
    <message>
        <source>a &quot;-&quot; stands before the GUID</source>
        <translation>GUID 前多了一个 &quot;-&quot;</translation>
    </message>
    <message>
        <source>the key was base64-decoded first</source>
        <translation>先对 key 做了 base64 解码</translation>
    </message>
    <message>
        <source>the GUID is in lower case</source>
        <translation>GUID 用了小写</translation>
    </message>
    <message>
        <source>the GUID is missing</source>
        <translation>缺少 GUID</translation>
    </message>
    <message>
        <source>the digest is in hexadecimal</source>
        <translation>摘要采用了十六进制</translation>
    </message>
    <message>
        <source>base64 was made of the hexadecimal digest</source>
        <translation>对十六进制摘要做了 base64</translation>
    </message>
    <message>
        <source>the padding &quot;=&quot; was lost</source>
        <translation>丢失了填充符 &quot;=&quot;</translation>
    </message>
    <message>
        <source>the value stands in quotes</source>
        <translation>值带有引号</translation>
    </message>
    <message>
        <source>the value was turned to lower case</source>
        <translation>值被转成了小写</translation>
    </message>
    <message>
        <source>it is the key itself</source>
        <translation>它就是 key 本身</translation>
    </message>
    <message>
        <source>it is the example value of RFC 6455 §1.3</source>
        <translation>它是 RFC 6455 §1.3 的示例值</translation>
    </message>
    <message>
        <source>Status 101, but none of the %1 field lines is Sec-WebSocket-Accept</source>
        <translation>状态为 101，但 %1 个字段行中没有 Sec-WebSocket-Accept</translation>
    </message>
    <message>
        <source>There is no Sec-WebSocket-Accept</source>
        <translation>没有 Sec-WebSocket-Accept</translation>
    </message>
    <message>
        <source>The request has no Sec-WebSocket-Key</source>
        <translation>请求中没有 Sec-WebSocket-Key</translation>
    </message>
    <message>
        <source>%1 belongs to the key</source>
        <translation>%1 与 key 相符</translation>
    </message>
    <message>
        <source>no known mistake leads to it</source>
        <translation>没有已知的错误会产生此值</translation>
    </message>
    <message>
        <source>it belongs to the key of connection %1</source>
        <translation>它对应连接 %1 的 key</translation>
    </message>
    <message>
        <source>connection %1 got the same value for another key</source>
        <translation>连接 %1 的 key 不同，却得到了相同的值</translation>
    </message>
    <message>
        <source>&quot;%1&quot; instead of &quot;%2&quot;: %3</source>
        <translation>&quot;%1&quot; 而不是 &quot;%2&quot;：%3</translation>
    </message>
    <message>
        <source>Sent once</source>
        <translation>只发送了一次</translation>
    </message>
    <message>
        <source>sent %1 times with the same value: Chromium, Firefox, ws, websockets (Python) and QWebSocket refuse it</source>
        <translation>以相同的值发送了 %1 次：Chromium、Firefox、ws、websockets (Python) 和 QWebSocket 会拒绝</translation>
    </message>
    <message>
        <source>sent %1 times with different values: only gorilla opens, if the first is right</source>
        <translation>以不同的值发送了 %1 次：若第一个正确，只有 gorilla 能打开</translation>
    </message>
    <message>
        <source>The field is called &quot;%1&quot;; no client knows it</source>
        <translation>字段名为 &quot;%1&quot;；没有客户端认识它</translation>
    </message>
    <message>
        <source>A space stands before the colon of Sec-WebSocket-Accept; only Chromium opens</source>
        <translation>Sec-WebSocket-Accept 的冒号前有空格；只有 Chromium 能打开</translation>
    </message>
    <message>
        <source>There is no field of that or a like name</source>
        <translation>没有该名称或类似名称的字段</translation>
    </message>
    <message>
        <source>Key or Accept is missing</source>
        <translation>缺少 Key 或 Accept</translation>
    </message>
    <message>
        <source>The value belongs to this connection&apos;s key</source>
        <translation>该值与此连接的 key 相符</translation>
    </message>
    <message>
        <source>No other connection to compare with</source>
        <translation>没有其他连接可供比较</translation>
    </message>
    <message>
        <source>&quot;%1&quot; is the answer to the key of connection %2</source>
        <translation>&quot;%1&quot; 是对连接 %2 的 key 的应答</translation>
    </message>
    <message>
        <source>No other connection&apos;s key leads to this value</source>
        <translation>其他连接的 key 都不会产生此值</translation>
    </message>
    <message>
        <source>Connection %1 got &quot;%2&quot; too, for another key</source>
        <translation>连接 %1 的 key 不同，也得到了 &quot;%2&quot;</translation>
    </message>
    <message>
        <source>No other connection got this value</source>
        <translation>其他连接没有得到此值</translation>
    </message>
    <message>
        <source>Sec-WebSocket-Accept missing</source>
        <translation>缺少 Sec-WebSocket-Accept</translation>
    </message>
    <message>
        <source>The server wrote status 101 (WriteHeader or the like) before the real upgrade</source>
        <translation>服务器在真正升级之前写出了状态 101（WriteHeader 或类似调用）</translation>
    </message>
    <message>
        <source>The first head is empty and a second one follows as body (upgrade.double-101)</source>
        <translation>第一个响应头为空，第二个响应头跟在后面成为响应体（upgrade.double-101）</translation>
    </message>
    <message>
        <source>A 101 written by hand forgot it</source>
        <translation>手写的 101 遗漏了它</translation>
    </message>
    <message>
        <source>A direct attempt lacks it too, the other fields are there</source>
        <translation>直连尝试也没有它，其他字段都在</translation>
    </message>
    <message>
        <source>A proxy rebuilt the head</source>
        <translation>代理重建了响应头</translation>
    </message>
    <message>
        <source>A direct attempt has it; Server and the order of fields differ. It is not HAProxy, which answers 502 instead</source>
        <translation>直连尝试有它；Server 和字段顺序不同。不会是 HAProxy，它会改为应答 502</translation>
    </message>
    <message>
        <source>Let only the library&apos;s upgrade write the response; let proxies pass the field on.</source>
        <translation>只让库的升级函数写响应；让代理传递该字段。</translation>
    </message>
    <message>
        <source>Sec-WebSocket-Accept has the wrong value</source>
        <translation>Sec-WebSocket-Accept 的值错误</translation>
    </message>
    <message>
        <source>The server computes it wrongly</source>
        <translation>服务器计算错误</translation>
    </message>
    <message>
        <source>Every attempt shows the same mistake; the reason names it</source>
        <translation>每次尝试都有同样的错误；原因中会指出</translation>
    </message>
    <message>
        <source>Two upgraders, or a cache</source>
        <translation>存在两个升级程序，或有缓存</translation>
    </message>
    <message>
        <source>The value belongs to another connection&apos;s key, or does not change</source>
        <translation>该值对应另一连接的 key，或始终不变</translation>
    </message>
    <message>
        <source>A proxy made a new key and did not correct the Accept</source>
        <translation>代理生成了新的 key，却没有修正 Accept</translation>
    </message>
    <message>
        <source>A direct attempt gets the right value; the server saw another key</source>
        <translation>直连尝试得到正确的值；服务器收到的是另一个 key</translation>
    </message>
    <message>
        <source>Requests are mixed up under load</source>
        <translation>负载下请求相互混淆</translation>
    </message>
    <message>
        <source>Single attempts are right, many at once are not (load.accept-crosscheck)</source>
        <translation>单次尝试正确，大量同时尝试则不正确（load.accept-crosscheck）</translation>
    </message>
    <message>
        <source>Send base64(SHA-1(key + &quot;258EAFA5-E914-47DA-95CA-C5AB0DC85B11&quot;)): no dash before the GUID, the key as sent.</source>
        <translation>发送 base64(SHA-1(key + &quot;258EAFA5-E914-47DA-95CA-C5AB0DC85B11&quot;))：GUID 前没有连字符，key 保持发送时的原样。</translation>
    </message>
    <message>
        <source>Accept sent twice</source>
        <translation>Accept 发送了两次</translation>
    </message>
    <message>
        <source>Proxy and backend both add it</source>
        <translation>代理和后端都添加了它</translation>
    </message>
    <message>
        <source>A direct attempt has it once</source>
        <translation>直连尝试只有一个</translation>
    </message>
    <message>
        <source>Middleware copies the fields</source>
        <translation>中间件复制了字段</translation>
    </message>
    <message>
        <source>Other fields are doubled as well</source>
        <translation>其他字段也重复了</translation>
    </message>
    <message>
        <source>Let one place write the field.</source>
        <translation>只在一处写该字段。</translation>
    </message>
    <message>
        <source>Field name altered</source>
        <translation>字段名被改动</translation>
    </message>
    <message>
        <source>A template or string concatenation</source>
        <translation>模板或字符串拼接</translation>
    </message>
    <message>
        <source>Other field lines look alike</source>
        <translation>其他字段行看起来也类似</translation>
    </message>
    <message>
        <source>Names in the style of CGI variables</source>
        <translation>CGI 变量式的名称</translation>
    </message>
    <message>
        <source>Underscores instead of hyphens</source>
        <translation>用下划线代替了连字符</translation>
    </message>
    <message>
        <source>Write the name exactly, the colon right after it.</source>
        <translation>准确写出名称，冒号紧跟其后。</translation>
    </message>
    <message>
        <source>Accept belongs to another key</source>
        <translation>Accept 对应另一个 key</translation>
    </message>
    <message>
        <source>A shared or pooled buffer</source>
        <translation>共享或池化的缓冲区</translation>
    </message>
    <message>
        <source>Only attempts at the same time are mixed up</source>
        <translation>只有同时进行的尝试会混淆</translation>
    </message>
    <message>
        <source>A response cache</source>
        <translation>响应缓存</translation>
    </message>
    <message>
        <source>Age or X-Cache in the response; the value is that of an earlier attempt</source>
        <translation>响应中有 Age 或 X-Cache；该值是先前某次尝试的值</translation>
    </message>
    <message>
        <source>Sockets swapped in an event loop</source>
        <translation>事件循环中的套接字被弄混</translation>
    </message>
    <message>
        <source>Two connections got each other&apos;s value</source>
        <translation>两个连接互相得到了对方的值</translation>
    </message>
    <message>
        <source>Use one buffer a request; never cache a 101.</source>
        <translation>每个请求使用一个缓冲区；切勿缓存 101。</translation>
    </message>
    <message>
        <source>Same Accept for different keys</source>
        <translation>不同的 key 得到相同的 Accept</translation>
    </message>
    <message>
        <source>A CDN or proxy cached the handshake</source>
        <translation>CDN 或代理缓存了握手</translation>
    </message>
    <message>
        <source>Age, X-Cache or Via in the response</source>
        <translation>响应中有 Age、X-Cache 或 Via</translation>
    </message>
    <message>
        <source>A hard-coded example value</source>
        <translation>硬编码的示例值</translation>
    </message>
    <message>
        <source>It is the value of RFC 6455 §1.3, also with a direct attempt</source>
        <translation>它是 RFC 6455 §1.3 中的值，直连尝试也是如此</translation>
    </message>
    <message>
        <source>Keep the route out of the cache.</source>
        <translation>不要让该路由经过缓存。</translation>
    </message>
    <message>
        <source>Only a %1 came, no final response in %2</source>
        <translation>只收到 %1，%2 内没有最终响应</translation>
    </message>
    <message>
        <source>%1 after %2, without one octet of a reply</source>
        <translation>等待 %2 后%1，没有收到任何应答字节</translation>
    </message>
    <message>
        <source>No octet for %1</source>
        <translation>%1 内没有收到任何字节</translation>
    </message>
    <message>
        <source>No octet for %1, then the wait was given up</source>
        <translation>%1 内没有收到任何字节，随后放弃等待</translation>
    </message>
    <message>
        <source>No octet for %1 so far</source>
        <translation>已有 %1 没有收到任何字节</translation>
    </message>
    <message>
        <source>Cancelled after %1, before a reply</source>
        <translation>%1 后被取消，尚未收到应答</translation>
    </message>
    <message>
        <source>Waiting for the reply for %1</source>
        <translation>等待应答已有 %1</translation>
    </message>
    <message>
        <source>The first octet came after %1</source>
        <translation>第一个字节在 %1 后到达</translation>
    </message>
    <message>
        <source>First octet after %1</source>
        <translation>第一个字节在 %1 后到达</translation>
    </message>
    <message>
        <source>%1 from the request to the end of the response head, limit %2</source>
        <translation>从请求到响应头结束用时 %1，限值为 %2</translation>
    </message>
    <message>
        <source>%1 from the request to the end of the response head, should stay below %2</source>
        <translation>从请求到响应头结束用时 %1，应低于 %2</translation>
    </message>
    <message>
        <source>Answered in %1</source>
        <translation>%1 内得到应答</translation>
    </message>
    <message>
        <source>The head was cut off after %1 octets, before its empty line</source>
        <translation>响应头在 %1 字节后、空行之前被截断</translation>
    </message>
    <message>
        <source>&quot;%1&quot; is no HTTP status line</source>
        <translation>&quot;%1&quot; 不是 HTTP 状态行</translation>
    </message>
    <message>
        <source>&quot;%1&quot; is not HTTP/1.1</source>
        <translation>&quot;%1&quot; 不是 HTTP/1.1</translation>
    </message>
    <message>
        <source>&quot;%1&quot; lacks the space after the code: websockets (Python) rejects it</source>
        <translation>&quot;%1&quot; 的状态码后缺少空格：websockets (Python) 会拒绝</translation>
    </message>
    <message>
        <source>&quot;%1&quot;: Firefox, WebKitGTK, QWebSocket and websockets (Python) refuse it</source>
        <translation>&quot;%1&quot;：Firefox、WebKitGTK、QWebSocket 和 websockets (Python) 会拒绝</translation>
    </message>
    <message>
        <source>HTTP/%1.%2</source>
        <translation>HTTP/%1.%2</translation>
    </message>
    <message>
        <source>No reply to the upgrade</source>
        <translation>升级请求没有应答</translation>
    </message>
    <message>
        <source>The handler blocks before it upgrades</source>
        <translation>处理程序在升级之前阻塞</translation>
    </message>
    <message>
        <source>A plain GET of the same URL is slow too</source>
        <translation>对同一 URL 的普通 GET 也很慢</translation>
    </message>
    <message>
        <source>A middlebox swallows Upgrade on port 80</source>
        <translation>中间设备吞掉了 80 端口上的 Upgrade</translation>
    </message>
    <message>
        <source>The same server answers over wss</source>
        <translation>同一服务器通过 wss 能应答</translation>
    </message>
    <message>
        <source>The server&apos;s accept queue is full</source>
        <translation>服务器的 accept 队列已满</translation>
    </message>
    <message>
        <source>Connecting is slow as well, and every path of that port is</source>
        <translation>建立连接也很慢，该端口的所有路径都是如此</translation>
    </message>
    <message>
        <source>A proxy waits for a backend that never answers</source>
        <translation>代理在等待一个从不应答的后端</translation>
    </message>
    <message>
        <source>A cut or a 504 after 60 s; a direct attempt behaves otherwise</source>
        <translation>60 s 后被切断或得到 504；直连尝试的表现不同</translation>
    </message>
    <message>
        <source>Bound the time of authentication and database work before the upgrade; use wss.</source>
        <translation>限制升级之前认证和数据库操作的时间；使用 wss。</translation>
    </message>
    <message>
        <source>Upgrade latency</source>
        <translation>升级延迟</translation>
    </message>
    <message>
        <source>An authentication call inside the handshake</source>
        <translation>握手过程中有认证调用</translation>
    </message>
    <message>
        <source>A path without authentication answers at once</source>
        <translation>不需要认证的路径立即应答</translation>
    </message>
    <message>
        <source>A cold start of the server</source>
        <translation>服务器冷启动</translation>
    </message>
    <message>
        <source>Only the first attempt is slow</source>
        <translation>只有第一次尝试慢</translation>
    </message>
    <message>
        <source>TLS between proxy and origin</source>
        <translation>代理与源站之间使用 TLS</translation>
    </message>
    <message>
        <source>A direct attempt past the proxy is fast</source>
        <translation>绕过代理的直连尝试很快</translation>
    </message>
    <message>
        <source>Requests queue up</source>
        <translation>请求排队</translation>
    </message>
    <message>
        <source>The time grows with the number of connections</source>
        <translation>时间随连接数增长</translation>
    </message>
    <message>
        <source>Cache authentication, keep instances warm.</source>
        <translation>缓存认证结果，保持实例预热。</translation>
    </message>
    <message>
        <source>Status line syntax</source>
        <translation>状态行语法</translation>
    </message>
    <message>
        <source>The server writes its response by hand</source>
        <translation>服务器手写响应</translation>
    </message>
    <message>
        <source>Every response has the same fault</source>
        <translation>每个响应都有同样的错误</translation>
    </message>
    <message>
        <source>Another protocol answers on this port (TLS, HTTP/2, something else)</source>
        <translation>此端口上应答的是另一种协议（TLS、HTTP/2 或其他）</translation>
    </message>
    <message>
        <source>The octets are no text, or do not begin with HTTP/</source>
        <translation>这些字节不是文本，或不以 HTTP/ 开头</translation>
    </message>
    <message>
        <source>Send &quot;HTTP/1.1 101 Switching Protocols&quot; and end the head with an empty line.</source>
        <translation>发送 &quot;HTTP/1.1 101 Switching Protocols&quot;，并以空行结束响应头。</translation>
    </message>
    <message>
        <source>101 with HTTP/1.0</source>
        <translation>101 使用 HTTP/1.0</translation>
    </message>
    <message>
        <source>The server writes 1.0</source>
        <translation>服务器写的是 1.0</translation>
    </message>
    <message>
        <source>A direct attempt shows it; HAProxy forwards it as it is, nginx hides it, Apache turns it into 502</source>
        <translation>直连尝试也会显示；HAProxy 原样转发，nginx 会掩盖它，Apache 会把它变成 502</translation>
    </message>
    <message>
        <source>An old proxy writes 1.0</source>
        <translation>旧的代理写的是 1.0</translation>
    </message>
    <message>
        <source>A direct attempt shows HTTP/1.1</source>
        <translation>直连尝试显示 HTTP/1.1</translation>
    </message>
    <message>
        <source>Answer with HTTP/1.1.</source>
        <translation>使用 HTTP/1.1 应答。</translation>
    </message>
    <message>
        <source>Neither Content-Length nor Transfer-Encoding</source>
        <translation>既没有 Content-Length 也没有 Transfer-Encoding</translation>
    </message>
    <message>
        <source>&quot;%1&quot; on a response that has no body</source>
        <translation>响应没有响应体，却带有 &quot;%1&quot;</translation>
    </message>
    <message>
        <source>No Content-Encoding</source>
        <translation>没有 Content-Encoding</translation>
    </message>
    <message>
        <source>only Chromium opens</source>
        <translation>只有 Chromium 能打开</translation>
    </message>
    <message>
        <source>only the browsers open</source>
        <translation>只有浏览器能打开</translation>
    </message>
    <message>
        <source>ws and websockets (Python) fail</source>
        <translation>ws 和 websockets (Python) 会失败</translation>
    </message>
    <message>
        <source>ws, QWebSocket and websockets (Python) fail</source>
        <translation>ws、QWebSocket 和 websockets (Python) 会失败</translation>
    </message>
    <message>
        <source>%1 (%2)</source>
        <translation>%1（%2）</translation>
    </message>
    <message>
        <source>%1 well-formed field lines</source>
        <translation>%1 个格式正确的字段行</translation>
    </message>
    <message>
        <source>%1 in all: over the limit of Chromium and all below</source>
        <translation>共 %1：超出 Chromium 及以下所有客户端的限制</translation>
    </message>
    <message>
        <source>%1 in all: over the limit of WebKitGTK, ws and HAProxy</source>
        <translation>共 %1：超出 WebKitGTK、ws 和 HAProxy 的限制</translation>
    </message>
    <message>
        <source>%1 in all: over the limit of ws (Node) and HAProxy</source>
        <translation>共 %1：超出 ws (Node) 和 HAProxy 的限制</translation>
    </message>
    <message>
        <source>A field line of %1: over the limit of websockets (Python)</source>
        <translation>有一个字段行长 %1：超出 websockets (Python) 的限制</translation>
    </message>
    <message>
        <source>%1 in all: nginx with its default proxy_buffer_size answers 502</source>
        <translation>共 %1：nginx 使用默认的 proxy_buffer_size 时会应答 502</translation>
    </message>
    <message>
        <source>%1 field lines</source>
        <translation>%1 个字段行</translation>
    </message>
    <message>
        <source>%1 field lines: websockets (Python) and QWebSocket refuse them</source>
        <translation>%1 个字段行：websockets (Python) 和 QWebSocket 会拒绝</translation>
    </message>
    <message>
        <source>%1 field lines: QWebSocket refuses them</source>
        <translation>%1 个字段行：QWebSocket 会拒绝</translation>
    </message>
    <message>
        <source>No cookie</source>
        <translation>没有 cookie</translation>
    </message>
    <message>
        <source>%1 without %2</source>
        <translation>%1 缺少 %2</translation>
    </message>
    <message>
        <source>Browsers drop the cookie %1: SameSite=None without Secure</source>
        <translation>浏览器会丢弃 cookie %1：有 SameSite=None 但没有 Secure</translation>
    </message>
    <message>
        <source>Cookies on the 101: %1</source>
        <translation>101 上的 cookie：%1</translation>
    </message>
    <message>
        <source>Content-Length or Transfer-Encoding on 101</source>
        <translation>101 上有 Content-Length 或 Transfer-Encoding</translation>
    </message>
    <message>
        <source>A generic response writer adds it; nginx forwards Content-Length</source>
        <translation>通用的响应写入程序添加了它；nginx 会转发 Content-Length</translation>
    </message>
    <message>
        <source>A direct attempt has the field too</source>
        <translation>直连尝试也有该字段</translation>
    </message>
    <message>
        <source>Remove the field from the 101.</source>
        <translation>从 101 中去掉该字段。</translation>
    </message>
    <message>
        <source>Content-Encoding on 101</source>
        <translation>101 上有 Content-Encoding</translation>
    </message>
    <message>
        <source>A gzip middleware wraps the response</source>
        <translation>gzip 中间件包装了响应</translation>
    </message>
    <message>
        <source>Other routes of the server are compressed as well</source>
        <translation>该服务器的其他路由也被压缩</translation>
    </message>
    <message>
        <source>Exclude the route from the compression middleware.</source>
        <translation>让压缩中间件排除该路由。</translation>
    </message>
    <message>
        <source>Malformed field lines</source>
        <translation>格式错误的字段行</translation>
    </message>
    <message>
        <source>The head is put together from strings</source>
        <translation>响应头由字符串拼接而成</translation>
    </message>
    <message>
        <source>A direct attempt has the same lines</source>
        <translation>直连尝试也有相同的行</translation>
    </message>
    <message>
        <source>Write &quot;Name: value&quot; and end each line with CR LF.</source>
        <translation>写成 &quot;Name: value&quot;，每行以 CR LF 结束。</translation>
    </message>
    <message>
        <source>Size of the response head</source>
        <translation>响应头的大小</translation>
    </message>
    <message>
        <source>A huge Set-Cookie or Content-Security-Policy on the 101</source>
        <translation>101 上有巨大的 Set-Cookie 或 Content-Security-Policy</translation>
    </message>
    <message>
        <source>The evidence names the longest line</source>
        <translation>证据中指出了最长的一行</translation>
    </message>
    <message>
        <source>Trim the fields of the 101; nginx: proxy_buffer_size 16k;</source>
        <translation>精简 101 的字段；nginx：proxy_buffer_size 16k;</translation>
    </message>
    <message>
        <source>Number of fields</source>
        <translation>字段数量</translation>
    </message>
    <message>
        <source>Debug fields</source>
        <translation>调试字段</translation>
    </message>
    <message>
        <source>Their names tell who adds them</source>
        <translation>从名称可以看出是谁添加的</translation>
    </message>
    <message>
        <source>Remove fields that no client needs.</source>
        <translation>去掉客户端不需要的字段。</translation>
    </message>
    <message>
        <source>Cookie on the 101</source>
        <translation>101 上的 cookie</translation>
    </message>
    <message>
        <source>A sticky session by cookie; native clients ignore it</source>
        <translation>基于 cookie 的粘性会话；原生客户端会忽略它</translation>
    </message>
    <message>
        <source>The name is the load balancer&apos;s; the next attempt does not send it back</source>
        <translation>名称属于负载均衡器；下次尝试不会把它发回</translation>
    </message>
    <message>
        <source>Set Secure, HttpOnly and SameSite; let the client keep a cookie jar.</source>
        <translation>设置 Secure、HttpOnly 和 SameSite；让客户端保存 cookie。</translation>
    </message>
    <message>
        <source>%1: gorilla could not take over the connection, or the application set the extension field</source>
        <translation>%1：gorilla 无法接管连接，或应用程序设置了扩展字段</translation>
    </message>
    <message>
        <source>%1: WebSockets are disabled in IIS</source>
        <translation>%1：IIS 中禁用了 WebSocket</translation>
    </message>
    <message>
        <source>%1 after %2</source>
        <translation>%1，用时 %2</translation>
    </message>
    <message>
        <source>%1 instead of 101</source>
        <translation>%1 而不是 101</translation>
    </message>
    <message>
        <source>500 Internal Server Error</source>
        <translation>500 Internal Server Error（服务器内部错误）</translation>
    </message>
    <message>
        <source>A middleware wraps the response without Hijacker (gzip, metrics, TimeoutHandler)</source>
        <translation>中间件包装了响应却未实现 Hijacker（gzip、指标、TimeoutHandler）</translation>
    </message>
    <message>
        <source>gorilla&apos;s fields and a tiny text body; it goes away without the middleware</source>
        <translation>有 gorilla 的字段和很短的文本响应体；去掉该中间件后消失</translation>
    </message>
    <message>
        <source>The handler panics</source>
        <translation>处理程序发生 panic</translation>
    </message>
    <message>
        <source>The server&apos;s log shows a stack trace</source>
        <translation>服务器日志中有堆栈跟踪</translation>
    </message>
    <message>
        <source>The request came over HTTP/2, which cannot be taken over</source>
        <translation>请求通过 HTTP/2 到达，无法接管</translation>
    </message>
    <message>
        <source>The server&apos;s log shows HTTP/2.0</source>
        <translation>服务器日志显示 HTTP/2.0</translation>
    </message>
    <message>
        <source>Exempt the route from the middleware, or forward Hijack or Unwrap.</source>
        <translation>让该路由不经过此中间件，或转发 Hijack 或 Unwrap。</translation>
    </message>
    <message>
        <source>502 Bad Gateway</source>
        <translation>502 Bad Gateway（网关错误）</translation>
    </message>
    <message>
        <source>The backend is down</source>
        <translation>后端已停止运行</translation>
    </message>
    <message>
        <source>A direct attempt is refused; the proxy&apos;s log says connect() failed</source>
        <translation>直连尝试被拒绝；代理的日志中有 connect() failed</translation>
    </message>
    <message>
        <source>The backend closed before it sent a head</source>
        <translation>后端在发送响应头之前就关闭了</translation>
    </message>
    <message>
        <source>A direct attempt ends without a reply</source>
        <translation>直连尝试未得到应答就结束</translation>
    </message>
    <message>
        <source>The backend&apos;s head is too large, or invalid</source>
        <translation>后端的响应头过大或无效</translation>
    </message>
    <message>
        <source>A direct attempt gets 101 with a head above 4,096 octets, or without Accept or Connection (HAProxy); nginx logs &quot;too big header&quot;, Apache AH01102 or AH01106</source>
        <translation>直连尝试得到 101，响应头超过 4,096 字节，或没有 Accept 或 Connection（HAProxy）；nginx 记录 &quot;too big header&quot;，Apache 记录 AH01102 或 AH01106</translation>
    </message>
    <message>
        <source>The protocols differ, TLS to a plain port or the reverse</source>
        <translation>协议不一致：用 TLS 连接明文端口，或相反</translation>
    </message>
    <message>
        <source>The proxy&apos;s log names the handshake</source>
        <translation>代理的日志中提到握手</translation>
    </message>
    <message>
        <source>Correct the backend or the proxy&apos;s limits.</source>
        <translation>修正后端或代理的限制。</translation>
    </message>
    <message>
        <source>503 Service Unavailable</source>
        <translation>503 Service Unavailable（服务不可用）</translation>
    </message>
    <message>
        <source>No healthy endpoint</source>
        <translation>没有健康的端点</translation>
    </message>
    <message>
        <source>A plain GET of the same host gets 503 too</source>
        <translation>对同一主机的普通 GET 也得到 503</translation>
    </message>
    <message>
        <source>The server is draining</source>
        <translation>服务器正在排空</translation>
    </message>
    <message>
        <source>It passes after the deployment; ws answers 503 while it shuts down</source>
        <translation>部署完成后恢复；ws 在停机期间应答 503</translation>
    </message>
    <message>
        <source>The feature is switched off</source>
        <translation>该功能已关闭</translation>
    </message>
    <message>
        <source>IIS says &quot;WebSockets are disabled&quot;</source>
        <translation>IIS 提示 &quot;WebSockets are disabled&quot;</translation>
    </message>
    <message>
        <source>Wait and try again with backoff; enable the feature.</source>
        <translation>等待后以退避方式重试；启用该功能。</translation>
    </message>
    <message>
        <source>504 Gateway Timeout</source>
        <translation>504 Gateway Timeout（网关超时）</translation>
    </message>
    <message>
        <source>The backend hangs in its handler</source>
        <translation>后端卡在其处理程序中</translation>
    </message>
    <message>
        <source>A direct attempt hangs too; 60 ± 1 s is the usual limit of a proxy</source>
        <translation>直连尝试也会卡住；60 ± 1 s 是代理的常见限值</translation>
    </message>
    <message>
        <source>Correct the handler; a longer time-out only hides it.</source>
        <translation>修正处理程序；延长超时只会掩盖问题。</translation>
    </message>
    <message>
        <source>Any other status than 101</source>
        <translation>101 以外的其他状态</translation>
    </message>
    <message>
        <source>Another handler or a hop answered the request</source>
        <translation>由另一个处理程序或某一跳应答了请求</translation>
    </message>
    <message>
        <source>Server and the body tell who; a direct attempt gets 101</source>
        <translation>从 Server 和响应体可以看出是谁；直连尝试得到 101</translation>
    </message>
    <message>
        <source>The application refuses with a code of its own</source>
        <translation>应用程序用自定义的状态码拒绝</translation>
    </message>
    <message>
        <source>A direct attempt gets the same code</source>
        <translation>直连尝试得到同样的状态码</translation>
    </message>
    <message>
        <source>Let the WebSocket handler answer this path with 101.</source>
        <translation>让 WebSocket 处理程序以 101 应答此路径。</translation>
    </message>
    <message>
        <source>200 instead of 101 although the upgrade fields are there</source>
        <translation>升级字段齐全，却得到 200 而不是 101</translation>
    </message>
    <message>
        <source>200 with an HTML page: a web application, a login page or a captive portal</source>
        <translation>200 且为 HTML 页面：Web 应用、登录页面或强制门户</translation>
    </message>
    <message>
        <source>200 with JSON: a REST handler answered</source>
        <translation>200 且为 JSON：由 REST 处理程序应答</translation>
    </message>
    <message>
        <source>200 instead of 101</source>
        <translation>200 而不是 101</translation>
    </message>
    <message>
        <source>%1 without a Location</source>
        <translation>%1，没有 Location</translation>
    </message>
    <message>
        <source>%1 to %2</source>
        <translation>%1 → %2</translation>
    </message>
    <message>
        <source>nginx finds the request head too large</source>
        <translation>nginx 认为请求头过大</translation>
    </message>
    <message>
        <source>Frameglass&apos;s server refused the request; its body says what it saw</source>
        <translation>Frameglass 的服务器拒绝了请求；响应体中说明了它收到的内容</translation>
    </message>
    <message>
        <source>the server misses a valid Sec-WebSocket-Key</source>
        <translation>服务器没有收到有效的 Sec-WebSocket-Key</translation>
    </message>
    <message>
        <source>gorilla refused the fields of the request</source>
        <translation>gorilla 拒绝了请求中的字段</translation>
    </message>
    <message>
        <source>Engine.IO refused the request</source>
        <translation>Engine.IO 拒绝了请求</translation>
    </message>
    <message>
        <source>%1 without a challenge</source>
        <translation>%1，没有认证质询</translation>
    </message>
    <message>
        <source>%1 asks for %2</source>
        <translation>%1，要求 %2</translation>
    </message>
    <message>
        <source>%1: the answer speaks of the origin, none was sent</source>
        <translation>%1：应答提到来源，而请求未发送来源</translation>
    </message>
    <message>
        <source>%1: the origin %2 is not allowed</source>
        <translation>%1：不允许来源 %2</translation>
    </message>
    <message>
        <source>%1: SignalR does not know the connection id (proxy.signalr-404)</source>
        <translation>%1：SignalR 不认识该连接 ID（proxy.signalr-404）</translation>
    </message>
    <message>
        <source>%1 for %2</source>
        <translation>%1，目标为 %2</translation>
    </message>
    <message>
        <source>%1, Allow: %2</source>
        <translation>%1，Allow: %2</translation>
    </message>
    <message>
        <source>%1: the server is there, but saw no upgrade request</source>
        <translation>%1：服务器存在，但没有收到升级请求</translation>
    </message>
    <message>
        <source>%1: the server wants version %2</source>
        <translation>%1：服务器要求版本 %2</translation>
    </message>
    <message>
        <source>%1 attempts got %2</source>
        <translation>%1 次尝试得到 %2</translation>
    </message>
    <message>
        <source>%1 for a request of %2</source>
        <translation>%1，请求长 %2</translation>
    </message>
    <message>
        <source>A proxy dropped Upgrade and the application answered a plain GET (nginx: proxy.nginx-upgrade-missing)</source>
        <translation>代理丢弃了 Upgrade，应用程序应答的是普通 GET（nginx：proxy.nginx-upgrade-missing）</translation>
    </message>
    <message>
        <source>A direct attempt past the proxy (--direct) gets 101</source>
        <translation>绕过代理的直连尝试（--direct）得到 101</translation>
    </message>
    <message>
        <source>Wrong path or virtual host</source>
        <translation>路径或虚拟主机错误</translation>
    </message>
    <message>
        <source>The body is the site&apos;s page; another path gets 101</source>
        <translation>响应体是网站的页面；另一路径得到 101</translation>
    </message>
    <message>
        <source>A captive portal</source>
        <translation>强制门户</translation>
    </message>
    <message>
        <source>Other sites show the same page; wss fails on the certificate</source>
        <translation>其他网站也显示同样的页面；wss 因证书而失败</translation>
    </message>
    <message>
        <source>The hop to the server speaks HTTP/1.0 (nginx: proxy.nginx-http10)</source>
        <translation>通往服务器的一跳使用 HTTP/1.0（nginx：proxy.nginx-http10）</translation>
    </message>
    <message>
        <source>The server&apos;s log shows HTTP/1.0</source>
        <translation>服务器日志显示 HTTP/1.0</translation>
    </message>
    <message>
        <source>IIS without the WebSocket module</source>
        <translation>IIS 没有安装 WebSocket 模块</translation>
    </message>
    <message>
        <source>Server names IIS</source>
        <translation>Server 指明 IIS</translation>
    </message>
    <message>
        <source>Correct the route, or forward the upgrade fields.</source>
        <translation>修正路由，或转发升级字段。</translation>
    </message>
    <message>
        <source>3xx: a redirect</source>
        <translation>3xx：重定向</translation>
    </message>
    <message>
        <source>From http to https</source>
        <translation>从 http 到 https</translation>
    </message>
    <message>
        <source>The Location differs in its scheme only</source>
        <translation>Location 只有 scheme 不同</translation>
    </message>
    <message>
        <source>A missing or extra slash at the end</source>
        <translation>末尾缺少或多了斜杠</translation>
    </message>
    <message>
        <source>The Location differs in the last slash only</source>
        <translation>Location 只有最后的斜杠不同</translation>
    </message>
    <message>
        <source>A login page</source>
        <translation>登录页面</translation>
    </message>
    <message>
        <source>The Location names login or auth</source>
        <translation>Location 中含有 login 或 auth</translation>
    </message>
    <message>
        <source>Put the final URL into the client: browsers, gorilla, ws and QWebSocket never follow.</source>
        <translation>在客户端中填写最终的 URL：浏览器、gorilla、ws 和 QWebSocket 从不跟随重定向。</translation>
    </message>
    <message>
        <source>400 Bad Request</source>
        <translation>400 Bad Request（错误请求）</translation>
    </message>
    <message>
        <source>A proxy stripped Connection and Upgrade (nginx: proxy.nginx-upgrade-missing)</source>
        <translation>代理去掉了 Connection 和 Upgrade（nginx：proxy.nginx-upgrade-missing）</translation>
    </message>
    <message>
        <source>The client&apos;s request is wrong</source>
        <translation>客户端的请求有误</translation>
    </message>
    <message>
        <source>A direct attempt gets 400 too</source>
        <translation>直连尝试也得到 400</translation>
    </message>
    <message>
        <source>The request head is too large</source>
        <translation>请求头过大</translation>
    </message>
    <message>
        <source>It goes away without cookies and long fields</source>
        <translation>去掉 cookie 和长字段后消失</translation>
    </message>
    <message>
        <source>Sec-WebSocket-Key is missing or wrong</source>
        <translation>Sec-WebSocket-Key 缺失或错误</translation>
    </message>
    <message>
        <source>The body names it</source>
        <translation>响应体中指出了它</translation>
    </message>
    <message>
        <source>See the proxy row that fits; otherwise correct the request.</source>
        <translation>参见相应的代理检查项；否则修正请求。</translation>
    </message>
    <message>
        <source>401 or 407: authentication</source>
        <translation>401 或 407：认证</translation>
    </message>
    <message>
        <source>The token is missing or expired</source>
        <translation>令牌缺失或已过期</translation>
    </message>
    <message>
        <source>A fresh token gets 101</source>
        <translation>换用新令牌得到 101</translation>
    </message>
    <message>
        <source>A forward proxy wants authentication</source>
        <translation>正向代理要求认证</translation>
    </message>
    <message>
        <source>The status is 407</source>
        <translation>状态为 407</translation>
    </message>
    <message>
        <source>Browsers cannot add fields: use a cookie, a ticket in the query, or authenticate with the first message.</source>
        <translation>浏览器无法添加字段：使用 cookie、查询参数中的票据，或用第一条消息进行认证。</translation>
    </message>
    <message>
        <source>403 Forbidden</source>
        <translation>403 Forbidden（禁止访问）</translation>
    </message>
    <message>
        <source>The server checks the Origin</source>
        <translation>服务器检查 Origin</translation>
    </message>
    <message>
        <source>The same request without Origin gets 101</source>
        <translation>同样的请求去掉 Origin 得到 101</translation>
    </message>
    <message>
        <source>Envoy has no upgrade configured, or no endpoint</source>
        <translation>Envoy 未配置升级，或没有端点</translation>
    </message>
    <message>
        <source>Server: envoy, empty body, upgrade_failed in its log</source>
        <translation>Server: envoy，响应体为空，其日志中有 upgrade_failed</translation>
    </message>
    <message>
        <source>A web application firewall or a country block</source>
        <translation>Web 应用防火墙或地区封锁</translation>
    </message>
    <message>
        <source>The body is a block page with the vendor&apos;s fields</source>
        <translation>响应体是拦截页面，并带有厂商的字段</translation>
    </message>
    <message>
        <source>Authorization</source>
        <translation>授权</translation>
    </message>
    <message>
        <source>Another account gets 101</source>
        <translation>换一个账户得到 101</translation>
    </message>
    <message>
        <source>Add the origin to the server&apos;s list (CheckOrigin); Envoy: upgrade_configs.</source>
        <translation>把该来源加入服务器的列表（CheckOrigin）；Envoy：upgrade_configs。</translation>
    </message>
    <message>
        <source>404 Not Found</source>
        <translation>404 Not Found（未找到）</translation>
    </message>
    <message>
        <source>A direct attempt gets 404 too</source>
        <translation>直连尝试也得到 404</translation>
    </message>
    <message>
        <source>The ingress has no rule for the path</source>
        <translation>ingress 没有该路径的规则</translation>
    </message>
    <message>
        <source>A direct attempt gets 101</source>
        <translation>直连尝试得到 101</translation>
    </message>
    <message>
        <source>Sticky sessions are missing</source>
        <translation>没有粘性会话</translation>
    </message>
    <message>
        <source>It works now and then; the body names a connection id</source>
        <translation>时而正常；响应体中提到连接 ID</translation>
    </message>
    <message>
        <source>Correct the route.</source>
        <translation>修正路由。</translation>
    </message>
    <message>
        <source>405 or 501: method</source>
        <translation>405 或 501：方法</translation>
    </message>
    <message>
        <source>The route is registered for other methods</source>
        <translation>该路由注册的是其他方法</translation>
    </message>
    <message>
        <source>Allow does not list GET</source>
        <translation>Allow 未列出 GET</translation>
    </message>
    <message>
        <source>Allow GET.</source>
        <translation>允许 GET。</translation>
    </message>
    <message>
        <source>426 Upgrade Required</source>
        <translation>426 Upgrade Required（需要升级）</translation>
    </message>
    <message>
        <source>A proxy removed Upgrade (nginx: proxy.nginx-upgrade-missing)</source>
        <translation>代理去掉了 Upgrade（nginx：proxy.nginx-upgrade-missing）</translation>
    </message>
    <message>
        <source>A direct attempt past the proxy (--direct) gets 101; releases of gorilla answer 400 instead</source>
        <translation>绕过代理的直连尝试（--direct）得到 101；gorilla 的正式版本则应答 400</translation>
    </message>
    <message>
        <source>The server wants another version</source>
        <translation>服务器要求其他版本</translation>
    </message>
    <message>
        <source>Sec-WebSocket-Version of the answer does not list 13</source>
        <translation>应答中的 Sec-WebSocket-Version 未列出 13</translation>
    </message>
    <message>
        <source>Forward Upgrade, with HTTP/1.1.</source>
        <translation>转发 Upgrade，并使用 HTTP/1.1。</translation>
    </message>
    <message>
        <source>429 Too Many Requests</source>
        <translation>429 Too Many Requests（请求过多）</translation>
    </message>
    <message>
        <source>A rate limit on handshakes</source>
        <translation>握手受到速率限制</translation>
    </message>
    <message>
        <source>It goes away after the time of Retry-After</source>
        <translation>过了 Retry-After 的时间后消失</translation>
    </message>
    <message>
        <source>A storm of reconnects</source>
        <translation>重连风暴</translation>
    </message>
    <message>
        <source>Many attempts within seconds</source>
        <translation>数秒内有大量尝试</translation>
    </message>
    <message>
        <source>Honour Retry-After.</source>
        <translation>遵守 Retry-After。</translation>
    </message>
    <message>
        <source>431 or 414: the request is too large</source>
        <translation>431 或 414：请求过大</translation>
    </message>
    <message>
        <source>The limit of the hop that answers: Envoy max_request_headers_kb, Go 1 MB, Node 16 KB</source>
        <translation>应答的那一跳的限制：Envoy max_request_headers_kb，Go 1 MB，Node 16 KB</translation>
    </message>
    <message>
        <source>Server names the hop; a shorter request passes</source>
        <translation>Server 指明了是哪一跳；较短的请求可以通过</translation>
    </message>
    <message>
        <source>Shrink the request, or raise the limit.</source>
        <translation>缩短请求，或提高限制。</translation>
    </message>
    <message>
        <source>Upgrade does not name websocket</source>
        <translation>Upgrade 未指明 websocket</translation>
    </message>
    <message>
        <source>&quot;%1&quot; is not in lower case; every tested client accepts it</source>
        <translation>&quot;%1&quot; 不是小写；所有测试过的客户端都接受</translation>
    </message>
    <message>
        <source>One value</source>
        <translation>只有一个值</translation>
    </message>
    <message>
        <source>&quot;%1&quot;: Chromium, WebKitGTK, ws, websockets (Python) and QWebSocket fail</source>
        <translation>&quot;%1&quot;：Chromium、WebKitGTK、ws、websockets (Python) 和 QWebSocket 会失败</translation>
    </message>
    <message>
        <source>Connection does not contain the token upgrade</source>
        <translation>Connection 不包含标记 upgrade</translation>
    </message>
    <message>
        <source>&quot;%1&quot; is legal, but QWebSocket and OkHttp compare the whole value and fail</source>
        <translation>&quot;%1&quot; 合法，但 QWebSocket 和 OkHttp 比较整个值，因而会失败</translation>
    </message>
    <message>
        <source>No sub-protocol was offered</source>
        <translation>未提供子协议</translation>
    </message>
    <message>
        <source>None of &quot;%1&quot; was acknowledged: Chromium and ws fail</source>
        <translation>&quot;%1&quot; 均未得到确认：Chromium 和 ws 会失败</translation>
    </message>
    <message>
        <source>The request was not recorded</source>
        <translation>请求没有被记录</translation>
    </message>
    <message>
        <source>Sub-protocols were offered</source>
        <translation>已提供子协议</translation>
    </message>
    <message>
        <source>None offered, none sent</source>
        <translation>未提供，也未发送</translation>
    </message>
    <message>
        <source>&quot;%1&quot; was sent, none was offered: Chromium, WebKitGTK, ws, websockets (Python) and QWebSocket fail</source>
        <translation>发送了 &quot;%1&quot;，但并未提供子协议：Chromium、WebKitGTK、ws、websockets (Python) 和 QWebSocket 会失败</translation>
    </message>
    <message>
        <source>No sub-protocol was sent</source>
        <translation>没有发送子协议</translation>
    </message>
    <message>
        <source>The field was sent %1 times: &quot;%2&quot;</source>
        <translation>该字段发送了 %1 次：&quot;%2&quot;</translation>
    </message>
    <message>
        <source>A list &quot;%1&quot; instead of one value</source>
        <translation>是列表 &quot;%1&quot; 而不是单个值</translation>
    </message>
    <message>
        <source>&quot;%1&quot; instead of &quot;%2&quot;: the letter case was changed</source>
        <translation>&quot;%1&quot; 而不是 &quot;%2&quot;：字母大小写被改变</translation>
    </message>
    <message>
        <source>&quot;%1&quot; is none of the offered &quot;%2&quot;</source>
        <translation>&quot;%1&quot; 不在所提供的 &quot;%2&quot; 之中</translation>
    </message>
    <message>
        <source>No Upgrade field</source>
        <translation>没有 Upgrade 字段</translation>
    </message>
    <message>
        <source>A proxy removed the hop-by-hop fields from the 101</source>
        <translation>代理从 101 中去掉了逐跳字段</translation>
    </message>
    <message>
        <source>A direct attempt has it; Connection is missing as well</source>
        <translation>直连尝试有它；Connection 也缺失</translation>
    </message>
    <message>
        <source>A 101 written by hand</source>
        <translation>手写的 101</translation>
    </message>
    <message>
        <source>A direct attempt lacks it too</source>
        <translation>直连尝试也没有它</translation>
    </message>
    <message>
        <source>A hop translates HTTP/2 to HTTP/1.1</source>
        <translation>某一跳把 HTTP/2 转换为 HTTP/1.1</translation>
    </message>
    <message>
        <source>All field names are in lower case</source>
        <translation>所有字段名都是小写</translation>
    </message>
    <message>
        <source>Send and forward &quot;Upgrade: websocket&quot;.</source>
        <translation>发送并转发 &quot;Upgrade: websocket&quot;。</translation>
    </message>
    <message>
        <source>Upgrade is not websocket</source>
        <translation>Upgrade 不是 websocket</translation>
    </message>
    <message>
        <source>Another protocol&apos;s handler answers</source>
        <translation>由另一种协议的处理程序应答</translation>
    </message>
    <message>
        <source>The value names it, for example h2c</source>
        <translation>值中指明了该协议，例如 h2c</translation>
    </message>
    <message>
        <source>A version was appended</source>
        <translation>附加了版本号</translation>
    </message>
    <message>
        <source>The value begins with websocket/</source>
        <translation>值以 websocket/ 开头</translation>
    </message>
    <message>
        <source>Send &quot;Upgrade: websocket&quot;.</source>
        <translation>发送 &quot;Upgrade: websocket&quot;。</translation>
    </message>
    <message>
        <source>Letter case of the Upgrade value</source>
        <translation>Upgrade 值的字母大小写</translation>
    </message>
    <message>
        <source>Old servers send WebSocket</source>
        <translation>旧的服务器发送 WebSocket</translation>
    </message>
    <message>
        <source>The value&apos;s letters</source>
        <translation>值的字母大小写</translation>
    </message>
    <message>
        <source>Nothing needs to change.</source>
        <translation>无需更改。</translation>
    </message>
    <message>
        <source>Upgrade repeated or a list</source>
        <translation>Upgrade 重复或为列表</translation>
    </message>
    <message>
        <source>Proxy and backend both add it; Envoy behind them answers 403</source>
        <translation>代理和后端都添加了它；位于其后的 Envoy 会应答 403</translation>
    </message>
    <message>
        <source>A direct attempt has one value</source>
        <translation>直连尝试只有一个值</translation>
    </message>
    <message>
        <source>Send one value.</source>
        <translation>只发送一个值。</translation>
    </message>
    <message>
        <source>No Connection field</source>
        <translation>没有 Connection 字段</translation>
    </message>
    <message>
        <source>The server omitted it</source>
        <translation>服务器遗漏了它</translation>
    </message>
    <message>
        <source>A direct attempt lacks it; behind nginx and Apache it does not show, they add their own</source>
        <translation>直连尝试没有它；在 nginx 和 Apache 后面不会显现，它们会自行添加</translation>
    </message>
    <message>
        <source>A proxy stripped it</source>
        <translation>代理去掉了它</translation>
    </message>
    <message>
        <source>A direct attempt has it</source>
        <translation>直连尝试有它</translation>
    </message>
    <message>
        <source>Send &quot;Connection: Upgrade&quot;.</source>
        <translation>发送 &quot;Connection: Upgrade&quot;。</translation>
    </message>
    <message>
        <source>Connection lacks the upgrade token</source>
        <translation>Connection 缺少 upgrade 标记</translation>
    </message>
    <message>
        <source>A proxy rewrote the hop-by-hop value</source>
        <translation>代理改写了逐跳字段的值</translation>
    </message>
    <message>
        <source>A direct attempt has the token</source>
        <translation>直连尝试有该标记</translation>
    </message>
    <message>
        <source>Set &quot;Connection: Upgrade&quot; at each hop.</source>
        <translation>在每一跳上设置 &quot;Connection: Upgrade&quot;。</translation>
    </message>
    <message>
        <source>Extra tokens in Connection</source>
        <translation>Connection 中有多余的标记</translation>
    </message>
    <message>
        <source>An inspecting proxy adds keep-alive</source>
        <translation>检查流量的代理添加了 keep-alive</translation>
    </message>
    <message>
        <source>A direct attempt has Upgrade alone</source>
        <translation>直连尝试只有 Upgrade</translation>
    </message>
    <message>
        <source>The server&apos;s framework adds it</source>
        <translation>服务器的框架添加了它</translation>
    </message>
    <message>
        <source>A direct attempt has it too</source>
        <translation>直连尝试也有它</translation>
    </message>
    <message>
        <source>Send exactly &quot;Connection: Upgrade&quot;.</source>
        <translation>准确发送 &quot;Connection: Upgrade&quot;。</translation>
    </message>
    <message>
        <source>Offered sub-protocol not acknowledged</source>
        <translation>提供的子协议未得到确认</translation>
    </message>
    <message>
        <source>The server ignores the field</source>
        <translation>服务器忽略该字段</translation>
    </message>
    <message>
        <source>A direct attempt gets none either</source>
        <translation>直连尝试也没有得到</translation>
    </message>
    <message>
        <source>A proxy strips it</source>
        <translation>代理去掉了它</translation>
    </message>
    <message>
        <source>A direct attempt gets one</source>
        <translation>直连尝试得到了一个</translation>
    </message>
    <message>
        <source>Answer with one of the offered values.</source>
        <translation>以所提供的值之一应答。</translation>
    </message>
    <message>
        <source>Sub-protocol nobody offered</source>
        <translation>从未提供过的子协议</translation>
    </message>
    <message>
        <source>The field is hard-coded</source>
        <translation>该字段是硬编码的</translation>
    </message>
    <message>
        <source>The same value whatever is offered</source>
        <translation>无论提供什么，值都相同</translation>
    </message>
    <message>
        <source>Send the field only with a value that was offered.</source>
        <translation>仅当值是客户端所提供的，才发送该字段。</translation>
    </message>
    <message>
        <source>Different, re-cased, listed or repeated sub-protocol</source>
        <translation>子协议不同、大小写改变、为列表或重复</translation>
    </message>
    <message>
        <source>The server answers with its whole list</source>
        <translation>服务器以其完整列表应答</translation>
    </message>
    <message>
        <source>The value has commas or the field is repeated</source>
        <translation>值中有逗号，或字段重复</translation>
    </message>
    <message>
        <source>The server folds the letter case</source>
        <translation>服务器统一了字母大小写</translation>
    </message>
    <message>
        <source>The value differs from an offer in case only</source>
        <translation>值与所提供的某个值只有大小写不同</translation>
    </message>
    <message>
        <source>The value is hard-coded</source>
        <translation>该值是硬编码的</translation>
    </message>
    <message>
        <source>Answer with exactly one offered token, as it was written.</source>
        <translation>只以所提供的一个标记应答，写法保持原样。</translation>
    </message>
    <message>
        <source>One status line</source>
        <translation>只有一个状态行</translation>
    </message>
    <message>
        <source>A second status line &quot;%1&quot; follows a first head with %2 field lines</source>
        <translation>第一个响应头有 %2 个字段行，其后又出现第二个状态行 &quot;%1&quot;</translation>
    </message>
    <message>
        <source>The head begins with the status line</source>
        <translation>响应头以状态行开头</translation>
    </message>
    <message>
        <source>empty lines: opens in Chromium, Firefox, WebKitGTK and ws only</source>
        <translation>空行：只有 Chromium、Firefox、WebKitGTK 和 ws 能打开</translation>
    </message>
    <message>
        <source>a byte order mark: opens in Chromium and Firefox only</source>
        <translation>字节顺序标记：只有 Chromium 和 Firefox 能打开</translation>
    </message>
    <message>
        <source>NUL octets: opens in Firefox only</source>
        <translation>NUL 字节：只有 Firefox 能打开</translation>
    </message>
    <message>
        <source>stray octets: opens in Chromium and Firefox only</source>
        <translation>多余的字节：只有 Chromium 和 Firefox 能打开</translation>
    </message>
    <message>
        <source>no client opens</source>
        <translation>没有客户端能打开</translation>
    </message>
    <message>
        <source>%1 octets &quot;%2&quot; before the status line; %3</source>
        <translation>状态行之前有 %1 字节 &quot;%2&quot;；%3</translation>
    </message>
    <message>
        <source>The 101 came first</source>
        <translation>101 最先到达</translation>
    </message>
    <message>
        <source>%1 before the 101: Chromium, gorilla, websockets (Python) and QWebSocket fail</source>
        <translation>101 之前有 %1：Chromium、gorilla、websockets (Python) 和 QWebSocket 会失败</translation>
    </message>
    <message>
        <source>Nothing after the head</source>
        <translation>响应头之后没有内容</translation>
    </message>
    <message>
        <source>A frame follows the head</source>
        <translation>响应头之后是一个帧</translation>
    </message>
    <message>
        <source>&quot;%1&quot; follows the head; that is no frame</source>
        <translation>响应头之后是 &quot;%1&quot;；这不是帧</translation>
    </message>
    <message>
        <source>The handshake had failed before</source>
        <translation>握手此前已失败</translation>
    </message>
    <message>
        <source>A frame of the server came after the 101</source>
        <translation>101 之后收到了服务器的帧</translation>
    </message>
    <message>
        <source>The server did not end it</source>
        <translation>结束连接的不是服务器</translation>
    </message>
    <message>
        <source>Open for less than %1 so far</source>
        <translation>打开至今不足 %1</translation>
    </message>
    <message>
        <source>Still open</source>
        <translation>仍处于打开状态</translation>
    </message>
    <message>
        <source>TCP stood for %1 after the 101</source>
        <translation>101 之后 TCP 保持了 %1</translation>
    </message>
    <message>
        <source>%1 %2 after the 101, without a single frame</source>
        <translation>101 之后 %2：%1，期间没有任何帧</translation>
    </message>
    <message>
        <source>Two status lines</source>
        <translation>两个状态行</translation>
    </message>
    <message>
        <source>The handler or a middleware wrote status 101 before it called the upgrade</source>
        <translation>处理程序或中间件在调用升级函数之前写出了状态 101</translation>
    </message>
    <message>
        <source>The first head has no or only general fields, the second is the library&apos;s</source>
        <translation>第一个响应头没有字段或只有通用字段，第二个由库写出</translation>
    </message>
    <message>
        <source>Two upgrade handlers on one socket</source>
        <translation>同一套接字上有两个升级处理程序</translation>
    </message>
    <message>
        <source>Both heads are whole and carry the same Accept</source>
        <translation>两个响应头都完整，且 Accept 相同</translation>
    </message>
    <message>
        <source>Never write a status before the upgrade; keep one upgrade listener.</source>
        <translation>升级之前切勿写状态；只保留一个升级监听器。</translation>
    </message>
    <message>
        <source>Bytes before the status line</source>
        <translation>状态行之前有字节</translation>
    </message>
    <message>
        <source>A script prints something or begins with a byte order mark</source>
        <translation>脚本输出了内容，或以字节顺序标记开头</translation>
    </message>
    <message>
        <source>The same octets with every attempt, also directly</source>
        <translation>每次尝试都有相同的字节，直连时也是如此</translation>
    </message>
    <message>
        <source>Left-over body of an earlier response on a reused upstream connection</source>
        <translation>复用的上游连接上残留了先前响应的响应体</translation>
    </message>
    <message>
        <source>Only behind a proxy, and not every time</source>
        <translation>只在代理后面出现，而且并非每次都有</translation>
    </message>
    <message>
        <source>Write nothing before the response; do not reuse that upstream connection.</source>
        <translation>响应之前不要写任何内容；不要复用该上游连接。</translation>
    </message>
    <message>
        <source>1xx before 101</source>
        <translation>101 之前有 1xx</translation>
    </message>
    <message>
        <source>Early hints are switched on</source>
        <translation>启用了 Early Hints</translation>
    </message>
    <message>
        <source>The status is 103 and carries Link fields</source>
        <translation>状态为 103，并带有 Link 字段</translation>
    </message>
    <message>
        <source>Handling of Expect</source>
        <translation>对 Expect 的处理</translation>
    </message>
    <message>
        <source>The status is 100; it goes away without an Expect field in the request</source>
        <translation>状态为 100；请求中没有 Expect 字段时消失</translation>
    </message>
    <message>
        <source>Switch early hints off for this route.</source>
        <translation>为该路由关闭 Early Hints。</translation>
    </message>
    <message>
        <source>Bytes right after the head</source>
        <translation>响应头之后紧跟着字节</translation>
    </message>
    <message>
        <source>The handler prints after the upgrade</source>
        <translation>处理程序在升级之后输出内容</translation>
    </message>
    <message>
        <source>The text is the application&apos;s</source>
        <translation>文本来自应用程序</translation>
    </message>
    <message>
        <source>The framework appends a page or an empty line</source>
        <translation>框架附加了页面或空行</translation>
    </message>
    <message>
        <source>The text is HTML, an error message or a line ending</source>
        <translation>文本是 HTML、错误消息或行结束符</translation>
    </message>
    <message>
        <source>Write nothing to the HTTP response once the connection was taken over.</source>
        <translation>连接被接管后，不要再向 HTTP 响应写入任何内容。</translation>
    </message>
    <message>
        <source>101 followed at once by FIN or RST</source>
        <translation>101 之后立即出现 FIN 或 RST</translation>
    </message>
    <message>
        <source>IIS: the module forwards the upgrade, the WebSocket feature is not installed</source>
        <translation>IIS：模块转发了升级，但未安装 WebSocket 功能</translation>
    </message>
    <message>
        <source>Server names IIS; every path behaves like this</source>
        <translation>Server 指明 IIS；每个路径都是如此</translation>
    </message>
    <message>
        <source>The server panics after the upgrade</source>
        <translation>服务器在升级后发生 panic</translation>
    </message>
    <message>
        <source>Its log shows a stack trace at that moment</source>
        <translation>其日志在该时刻有堆栈跟踪</translation>
    </message>
    <message>
        <source>IIS ARR with compression</source>
        <translation>IIS ARR 启用了压缩</translation>
    </message>
    <message>
        <source>It stays open without the Sec-WebSocket-Extensions offer</source>
        <translation>不提供 Sec-WebSocket-Extensions 时连接保持打开</translation>
    </message>
    <message>
        <source>A late check of origin or authentication that sends no Close</source>
        <translation>较晚进行的来源或认证检查，且不发送关闭帧</translation>
    </message>
    <message>
        <source>Another Origin or token stays open</source>
        <translation>换用其他 Origin 或令牌时连接保持打开</translation>
    </message>
    <message>
        <source>Install the WebSocket feature; refuse with an HTTP status, or with Close 1008 and a reason.</source>
        <translation>安装 WebSocket 功能；用 HTTP 状态拒绝，或用带原因的 Close 1008 拒绝。</translation>
    </message>
    <message>
        <source>Not judged, because &quot;%1&quot; failed</source>
        <translation>未判定，因为 &quot;%1&quot; 失败</translation>
    </message>
    <message>
        <source>once</source>
        <translation>一次</translation>
    </message>
    <message>
        <source>%1 times</source>
        <translation>%1 次</translation>
    </message>
    <message>
        <source>%1, header %2</source>
        <translation>%1，首部 %2</translation>
    </message>
    <message>
        <source>No frame has passed yet</source>
        <translation>尚未出现任何帧</translation>
    </message>
    <message>
        <source>%1: %2 %3 (%4), first at stream offset %5</source>
        <translation>%1：%2 %3（%4），首次出现在流偏移 %5 处</translation>
    </message>
    <message>
        <source>%1 octets</source>
        <translation>%1 字节</translation>
    </message>
    <message>
        <source>The status line could not be read</source>
        <translation>无法读取状态行</translation>
    </message>
    <message>
        <source>The status is %1, not 101</source>
        <translation>状态为 %1，不是 101</translation>
    </message>
    <message>
        <source>A listener, not a connection</source>
        <translation>这是监听端，不是连接</translation>
    </message>
    <message>
        <source>The response head never became whole</source>
        <translation>响应头始终不完整</translation>
    </message>
    <message>
        <source>No request was sent</source>
        <translation>没有发送请求</translation>
    </message>
    <message>
        <source>No response so far</source>
        <translation>尚无响应</translation>
    </message>
    <message>
        <source>The opening handshake did not succeed</source>
        <translation>打开握手没有成功</translation>
    </message>
    <message>
        <source>The opening handshake is not done yet</source>
        <translation>打开握手尚未完成</translation>
    </message>
    <message>
        <source>sent</source>
        <translation>发送</translation>
    </message>
    <message>
        <source>received</source>
        <translation>接收</translation>
    </message>
    <message>
        <source>The status is %1</source>
        <translation>状态为 %1</translation>
    </message>
    <message>
        <source>%1 from %2</source>
        <translation>%1，来自 %2</translation>
    </message>
    <message>
        <source>%1; the direct attempt got 101</source>
        <translation>%1；直连尝试得到 101</translation>
    </message>
    <message>
        <source>%1, without Retry-After</source>
        <translation>%1，没有 Retry-After</translation>
    </message>
    <message>
        <source>%1, Retry-After: %2</source>
        <translation>%1，Retry-After: %2</translation>
    </message>
    <message>
        <source>Could not listen on %1: %2</source>
        <translation>无法监听 %1：%2</translation>
    </message>
    <message>
        <source>Listening on %1; each accepted connection has a checklist of its own.</source>
        <translation>正在监听 %1；每个接受的连接都有自己的检查清单。</translation>
    </message>
    <message>
        <source>Stopped listening on %1.</source>
        <translation>已停止监听 %1。</translation>
    </message>
    <message>
        <source>Waiting for the client&apos;s upgrade request.</source>
        <translation>正在等待客户端的升级请求。</translation>
    </message>
    <message>
        <source>Waiting for the answer to the upgrade request for %1.</source>
        <translation>等待升级请求的应答已有 %1。</translation>
    </message>
    <message>
        <source>It ended before a name was resolved</source>
        <translation>名称尚未解析，连接就已结束</translation>
    </message>
    <message>
        <source>Connecting</source>
        <translation>正在连接</translation>
    </message>
    <message>
        <source>%1, for %2 now</source>
        <translation>%1，已持续 %2</translation>
    </message>
    <message>
        <source>%1 %2 after %3</source>
        <translation>%1%2，用时 %3</translation>
    </message>
    <message>
        <source>Connecting: %1.</source>
        <translation>正在连接：%1。</translation>
    </message>
    <message>
        <source>No connection: %1.</source>
        <translation>没有建立连接：%1。</translation>
    </message>
    <message>
        <source>%1: %2.</source>
        <translation>%1：%2。</translation>
    </message>
    <message>
        <source>Nothing wrong found: %1 checks passed, %2 do not apply.</source>
        <translation>未发现问题：%1 项检查通过，%2 项不适用。</translation>
    </message>
    <message>
        <source>%1.</source>
        <translation>%1。</translation>
    </message>
    <message>
        <source>No head so far</source>
        <translation>尚无报头</translation>
    </message>
    <message>
        <source>No extension is offered or chosen</source>
        <translation>既未提供也未选择任何扩展</translation>
    </message>
    <message>
        <source>The response chooses no extension</source>
        <translation>响应未选择任何扩展</translation>
    </message>
    <message>
        <source>The request is not known</source>
        <translation>请求未知</translation>
    </message>
    <message>
        <source>Each chosen extension was offered</source>
        <translation>所选的每个扩展都曾被提供</translation>
    </message>
    <message>
        <source>Not offered: %1</source>
        <translation>未曾提供：%1</translation>
    </message>
    <message>
        <source>The list cannot be read from its character %1 on</source>
        <translation>该列表从第 %1 个字符起无法读取</translation>
    </message>
    <message>
        <source>Each list of extensions can be read</source>
        <translation>每个扩展列表都可读取</translation>
    </message>
    <message>
        <source>The field is there, but names no extension: Chromium, ws and websockets (Python) refuse it</source>
        <translation>字段存在，但没有列出任何扩展：Chromium、ws 和 websockets (Python) 会拒绝</translation>
    </message>
    <message>
        <source>Each list names an extension</source>
        <translation>每个列表都列出了扩展</translation>
    </message>
    <message>
        <source>Extension nobody offered</source>
        <translation>无人提供的扩展</translation>
    </message>
    <message>
        <source>The server writes the field in any case</source>
        <translation>服务器总是写入该字段</translation>
    </message>
    <message>
        <source>The field is the same whatever is offered</source>
        <translation>无论提供什么，该字段都相同</translation>
    </message>
    <message>
        <source>A proxy removed the offer, but not the answer</source>
        <translation>代理删除了提议，却没有删除答复</translation>
    </message>
    <message>
        <source>A direct connection agrees on the extension</source>
        <translation>直接连接会就该扩展达成一致</translation>
    </message>
    <message>
        <source>Answer only what was offered.</source>
        <translation>只答复所提供的内容。</translation>
    </message>
    <message>
        <source>Malformed list of extensions</source>
        <translation>扩展列表格式错误</translation>
    </message>
    <message>
        <source>The field is put together from strings</source>
        <translation>该字段由字符串拼接而成</translation>
    </message>
    <message>
        <source>A sign stands at its end, or a value is missing</source>
        <translation>末尾多出符号，或缺少值</translation>
    </message>
    <message>
        <source>Write names and parameters as RFC 6455 §9.1 shows them.</source>
        <translation>按 RFC 6455 §9.1 所示书写名称和参数。</translation>
    </message>
    <message>
        <source>Empty Sec-WebSocket-Extensions</source>
        <translation>Sec-WebSocket-Extensions 为空</translation>
    </message>
    <message>
        <source>The field is written although nothing was agreed</source>
        <translation>没有商定任何内容，却写入了该字段</translation>
    </message>
    <message>
        <source>It has no value at all</source>
        <translation>它根本没有值</translation>
    </message>
    <message>
        <source>Leave the field out.</source>
        <translation>省去该字段。</translation>
    </message>
    <message>
        <source>What was sent has been taken in time</source>
        <translation>发送的内容都被及时接收</translation>
    </message>
    <message>
        <source>%1 octets waited, and the other side took almost none</source>
        <translation>有 %1 个字节在等待，而对方几乎没有接收</translation>
    </message>
    <message>
        <source>The other side does not read</source>
        <translation>对方不读取</translation>
    </message>
    <message>
        <source>Its reader waits for something else, or for its own writer</source>
        <translation>其读取方在等待别的事情，或在等待自己的写入方</translation>
    </message>
    <message>
        <source>Pings are not answered either, although TCP stands</source>
        <translation>TCP 仍在，但 ping 也没有答复</translation>
    </message>
    <message>
        <source>The way is slower than what is sent</source>
        <translation>线路跟不上发送的速度</translation>
    </message>
    <message>
        <source>It took octets all the time, only too few</source>
        <translation>它一直在接收字节，只是太少</translation>
    </message>
    <message>
        <source>An attack on the sender&apos;s memory</source>
        <translation>对发送方内存的攻击</translation>
    </message>
    <message>
        <source>It asks for much and reads nothing, with each connection again</source>
        <translation>它索取很多却什么也不读，每个连接都如此</translation>
    </message>
    <message>
        <source>Let reading never wait for the handling of what was read; send less.</source>
        <translation>读取不应等待对已读内容的处理；减少发送。</translation>
    </message>
    <message>
        <source>the frame at which it struck</source>
        <translation>触及限制的那一帧</translation>
    </message>
    <message>
        <source>No frame or message is over a limit of Frameglass</source>
        <translation>没有帧或消息超过 Frameglass 的限制</translation>
    </message>
    <message>
        <source>Over a limit of Frameglass</source>
        <translation>超过 Frameglass 的限制</translation>
    </message>
    <message>
        <source>The application sends messages of that size</source>
        <translation>应用程序发送这样大小的消息</translation>
    </message>
    <message>
        <source>They are meant; raise the limit</source>
        <translation>这是有意为之；请提高限制</translation>
    </message>
    <message>
        <source>A frame before it is wrong as well, or the length is absurd</source>
        <translation>它之前的帧也有错误，或长度荒谬</translation>
    </message>
    <message>
        <source>The same again with each connection</source>
        <translation>每个连接都再次如此</translation>
    </message>
    <message>
        <source>No frame from the client yet</source>
        <translation>客户端尚未发来任何帧</translation>
    </message>
    <message>
        <source>All %1 frames from the client are masked</source>
        <translation>客户端的全部 %1 个帧都有掩码</translation>
    </message>
    <message>
        <source>%1 of %2 frames from the client are not masked</source>
        <translation>客户端的 %2 个帧中有 %1 个没有掩码</translation>
    </message>
    <message>
        <source>Client frame is not masked</source>
        <translation>客户端帧没有掩码</translation>
    </message>
    <message>
        <source>A server library plays the client</source>
        <translation>服务器库被当作客户端使用</translation>
    </message>
    <message>
        <source>Its frames are right otherwise; the code creates a server connection</source>
        <translation>其帧在其他方面都正确；代码创建的是服务器连接</translation>
    </message>
    <message>
        <source>A client written by hand</source>
        <translation>手写的客户端</translation>
    </message>
    <message>
        <source>No frame of it is masked, the Close neither</source>
        <translation>它的所有帧都没有掩码，包括 Close</translation>
    </message>
    <message>
        <source>The client masks each frame with a new, unpredictable key.</source>
        <translation>客户端应以新的、不可预测的密钥为每个帧加掩码。</translation>
    </message>
    <message>
        <source>The request head never became whole</source>
        <translation>请求报头始终不完整</translation>
    </message>
    <message>
        <source>No request so far</source>
        <translation>尚无请求</translation>
    </message>
    <message>
        <source>No whole request came within %1</source>
        <translation>在 %1 内没有收到完整的请求</translation>
    </message>
    <message>
        <source>All that an opening handshake needs</source>
        <translation>具备起始握手所需的一切</translation>
    </message>
    <message>
        <source>A field line of %1: nginx and Apache answer 400</source>
        <translation>有一个字段行长 %1：nginx 和 Apache 会答复 400</translation>
    </message>
    <message>
        <source>%1 in all: HAProxy answers 400</source>
        <translation>总计 %1：HAProxy 会答复 400</translation>
    </message>
    <message>
        <source>%1 in all, not far from the limit of a proxy</source>
        <translation>总计 %1，已接近代理的限制</translation>
    </message>
    <message>
        <source>No field name with an underscore</source>
        <translation>没有带下划线的字段名</translation>
    </message>
    <message>
        <source>nginx drops the field &quot;%1&quot;</source>
        <translation>nginx 会丢弃字段“%1”</translation>
    </message>
    <message>
        <source>No subprotocol is offered</source>
        <translation>未提供子协议</translation>
    </message>
    <message>
        <source>The field is there, but names no subprotocol</source>
        <translation>字段存在，但没有列出任何子协议</translation>
    </message>
    <message>
        <source>Subprotocols are offered</source>
        <translation>提供了子协议</translation>
    </message>
    <message>
        <source>A subprotocol is offered twice</source>
        <translation>同一子协议提供了两次</translation>
    </message>
    <message>
        <source>A subprotocol is no token: it has a space or a sign such as &quot;=&quot; or &quot;/&quot;</source>
        <translation>有子协议不是 token：其中含有空格或“=”“/”之类的符号</translation>
    </message>
    <message>
        <source>A subprotocol looks like a secret</source>
        <translation>有子协议看起来像机密</translation>
    </message>
    <message>
        <source>%1 subprotocols, all tokens, all different</source>
        <translation>%1 个子协议，都是 token，且各不相同</translation>
    </message>
    <message>
        <source>No Origin, as from a program that is no browser</source>
        <translation>没有 Origin，如同来自非浏览器程序</translation>
    </message>
    <message>
        <source>The answer is 403, and no Origin was sent</source>
        <translation>答复为 403，且未发送 Origin</translation>
    </message>
    <message>
        <source>This server lets in no page of %1</source>
        <translation>此服务器不接受来自 %1 的页面</translation>
    </message>
    <message>
        <source>Request is no opening handshake</source>
        <translation>请求不是起始握手</translation>
    </message>
    <message>
        <source>Header fields were edited by hand</source>
        <translation>报头字段被手动编辑过</translation>
    </message>
    <message>
        <source>Without the edits the request is whole</source>
        <translation>不作编辑时请求是完整的</translation>
    </message>
    <message>
        <source>A proxy drops Upgrade and Connection</source>
        <translation>代理丢弃了 Upgrade 和 Connection</translation>
    </message>
    <message>
        <source>Key and version are there; a direct connection has all fields</source>
        <translation>密钥和版本都在；直接连接则具备所有字段</translation>
    </message>
    <message>
        <source>It is no WebSocket client</source>
        <translation>它不是 WebSocket 客户端</translation>
    </message>
    <message>
        <source>Key and version are missing as well: a page, a probe or a scanner</source>
        <translation>密钥和版本也缺失：是网页、探测或扫描程序</translation>
    </message>
    <message>
        <source>Send GET, HTTP/1.1, Host, Upgrade, Connection, Sec-WebSocket-Key and Sec-WebSocket-Version: 13.</source>
        <translation>发送 GET、HTTP/1.1、Host、Upgrade、Connection、Sec-WebSocket-Key 和 Sec-WebSocket-Version: 13。</translation>
    </message>
    <message>
        <source>Large request head</source>
        <translation>请求报头过大</translation>
    </message>
    <message>
        <source>Cookies of other applications on the same host</source>
        <translation>同一主机上其他应用程序的 Cookie</translation>
    </message>
    <message>
        <source>Cookie is the longest field</source>
        <translation>Cookie 是最长的字段</translation>
    </message>
    <message>
        <source>A token in a field</source>
        <translation>字段中带有令牌</translation>
    </message>
    <message>
        <source>Authorization is the longest field</source>
        <translation>Authorization 是最长的字段</translation>
    </message>
    <message>
        <source>Trim cookies and tokens, or raise the limit of the hop that refuses.</source>
        <translation>精简 Cookie 和令牌，或提高拒绝请求的那一跳的限制。</translation>
    </message>
    <message>
        <source>Underscore in a field name</source>
        <translation>字段名中有下划线</translation>
    </message>
    <message>
        <source>nginx drops such fields unless underscores_in_headers is on</source>
        <translation>除非 underscores_in_headers 为 on，否则 nginx 会丢弃这类字段</translation>
    </message>
    <message>
        <source>The field is missing behind the proxy only</source>
        <translation>仅在代理之后缺少该字段</translation>
    </message>
    <message>
        <source>Write the name with hyphens.</source>
        <translation>字段名请使用连字符。</translation>
    </message>
    <message>
        <source>Empty Sec-WebSocket-Protocol</source>
        <translation>Sec-WebSocket-Protocol 为空</translation>
    </message>
    <message>
        <source>The library was given an empty list</source>
        <translation>传给库的是空列表</translation>
    </message>
    <message>
        <source>The field has no value at all</source>
        <translation>该字段根本没有值</translation>
    </message>
    <message>
        <source>Offered subprotocols</source>
        <translation>提供的子协议</translation>
    </message>
    <message>
        <source>An access token travels as subprotocol</source>
        <translation>访问令牌被当作子协议传送</translation>
    </message>
    <message>
        <source>The value is long and has &quot;=&quot; or &quot;/&quot;</source>
        <translation>值很长，并含有“=”或“/”</translation>
    </message>
    <message>
        <source>The list is put together from two sources</source>
        <translation>该列表由两个来源拼成</translation>
    </message>
    <message>
        <source>The same name stands there twice</source>
        <translation>同一名称出现两次</translation>
    </message>
    <message>
        <source>Offer each name once; base64url without padding makes a token.</source>
        <translation>每个名称只提供一次；不带填充的 base64url 可构成 token。</translation>
    </message>
    <message>
        <source>Origin of the request</source>
        <translation>请求的 Origin</translation>
    </message>
    <message>
        <source>The list of allowed origins lacks this one</source>
        <translation>允许的来源列表中没有此来源</translation>
    </message>
    <message>
        <source>Another origin is let in</source>
        <translation>其他来源可以进入</translation>
    </message>
    <message>
        <source>Scheme, port or a proxy&apos;s Host differ</source>
        <translation>协议、端口或代理的 Host 不同</translation>
    </message>
    <message>
        <source>The origin differs from the allowed one in a detail only</source>
        <translation>该来源与允许的来源只有细微差别</translation>
    </message>
    <message>
        <source>Send the right Origin, or allow this one.</source>
        <translation>发送正确的 Origin，或允许此来源。</translation>
    </message>
    <message>
        <source>There is no field %1</source>
        <translation>没有字段 %1</translation>
    </message>
    <message>
        <source>Status 101 without the field %1</source>
        <translation>状态为 101，但没有字段 %1</translation>
    </message>
    <message>
        <source>&quot;%1&quot; does not contain &quot;%2&quot;</source>
        <translation>&quot;%1&quot; 不包含 &quot;%2&quot;</translation>
    </message>
    <message>
        <source>Could not accept a connection on %1: %2</source>
        <translation>无法在 %1 上接受连接：%2</translation>
    </message>
    <message>
        <source>permessage-deflate is not agreed on</source>
        <translation>未商定 permessage-deflate</translation>
    </message>
    <message>
        <source>No compressed message has passed</source>
        <translation>没有压缩消息通过</translation>
    </message>
    <message>
        <source>The first compressed message (%1) cannot be inflated</source>
        <translation>第一条压缩消息（%1）无法解压</translation>
    </message>
    <message>
        <source>After %1 good ones a compressed message (%2) cannot be inflated</source>
        <translation>在 %1 条正常的压缩消息之后，有一条（%2）无法解压</translation>
    </message>
    <message>
        <source>the frame at which it failed</source>
        <translation>出错的帧</translation>
    </message>
    <message>
        <source>Some compressed messages were not read</source>
        <translation>有些压缩消息未被读取</translation>
    </message>
    <message>
        <source>half of them up to %1 octets</source>
        <translation>其中一半不超过 %1 字节</translation>
    </message>
    <message>
        <source>half of them %1 octets or more</source>
        <translation>其中一半为 %1 字节或更多</translation>
    </message>
    <message>
        <source>%1 compressed messages (%2): %3 octets instead of %4, %5 % saved; %6</source>
        <translation>%1 条压缩消息（%2）：%3 字节，原为 %4，节省 %5 %；%6</translation>
    </message>
    <message>
        <source>the message that shrank most</source>
        <translation>缩小最多的消息</translation>
    </message>
    <message>
        <source>Fewer than %1 compressed messages in either direction</source>
        <translation>两个方向的压缩消息都少于 %1 条</translation>
    </message>
    <message>
        <source>%1 of %2 compressed messages (%3) were compressed before, the first with %4</source>
        <translation>%2 条压缩消息（%3）中有 %1 条事先已压缩过，第一条用的是 %4</translation>
    </message>
    <message>
        <source>begins like %1</source>
        <translation>开头与 %1 相同</translation>
    </message>
    <message>
        <source>Compressed messages (%1) keep %2 % of their size</source>
        <translation>压缩消息（%1）仍占原大小的 %2 %</translation>
    </message>
    <message>
        <source>even the message that shrank most</source>
        <translation>即使是缩小最多的消息</translation>
    </message>
    <message>
        <source>No compressed message is whole yet</source>
        <translation>尚无完整的压缩消息</translation>
    </message>
    <message>
        <source>%1 octets became %2, %3 to 1</source>
        <translation>%1 字节变为 %2，%3 比 1</translation>
    </message>
    <message>
        <source>A message (%1) inflates to more than the limit of %2 octets</source>
        <translation>有一条消息（%1）解压后超过 %2 字节的限制</translation>
    </message>
    <message>
        <source>A message (%1): %2</source>
        <translation>一条消息（%1）：%2</translation>
    </message>
    <message>
        <source>At most: %1</source>
        <translation>最多：%1</translation>
    </message>
    <message>
        <source>kept between messages</source>
        <translation>在消息之间保留</translation>
    </message>
    <message>
        <source>needed only while a message passes</source>
        <translation>仅在消息通过时需要</translation>
    </message>
    <message>
        <source>About %1 KiB for each connection at the server (deflate %2, inflate %3), %4: 1 GB with %5 connections</source>
        <translation>服务器端每个连接约 %1 KiB（压缩 %2，解压 %3），%4：%5 个连接即达 1 GB</translation>
    </message>
    <message>
        <source>the windows agreed on</source>
        <translation>商定的窗口</translation>
    </message>
    <message>
        <source>%1; there were %2 at once</source>
        <translation>%1；曾同时有 %2 个</translation>
    </message>
    <message>
        <source>Compressed message cannot be inflated</source>
        <translation>压缩消息无法解压</translation>
    </message>
    <message>
        <source>Both ends understand context takeover differently</source>
        <translation>两端对上下文接管的理解不同</translation>
    </message>
    <message>
        <source>The first compressed message is right, a later one is not</source>
        <translation>第一条压缩消息正确，后面的某一条不正确</translation>
    </message>
    <message>
        <source>A proxy changed the frames</source>
        <translation>代理改动了帧</translation>
    </message>
    <message>
        <source>A direct connection is right</source>
        <translation>直接连接时正确</translation>
    </message>
    <message>
        <source>The sender ends messages wrongly (the four octets 00 00 ff ff)</source>
        <translation>发送方结束消息的方式有误（四个字节 00 00 ff ff）</translation>
    </message>
    <message>
        <source>Already the first compressed message fails, at its end</source>
        <translation>第一条压缩消息就在其末尾出错</translation>
    </message>
    <message>
        <source>Agree on no_context_takeover both ways, or disable compression.</source>
        <translation>双向都商定 no_context_takeover，或禁用压缩。</translation>
    </message>
    <message>
        <source>Compression pays off</source>
        <translation>压缩是否值得</translation>
    </message>
    <message>
        <source>The messages are small</source>
        <translation>消息很小</translation>
    </message>
    <message>
        <source>Half of them have fewer than 256 octets</source>
        <translation>其中一半少于 256 字节</translation>
    </message>
    <message>
        <source>The payloads are compressed already</source>
        <translation>载荷已经压缩过</translation>
    </message>
    <message>
        <source>ext.double-compression says so as well</source>
        <translation>ext.double-compression 也这样指出</translation>
    </message>
    <message>
        <source>Disable compression, or compress messages from 1 KB on only.</source>
        <translation>禁用压缩，或只压缩 1 KB 及以上的消息。</translation>
    </message>
    <message>
        <source>Payload compressed twice</source>
        <translation>载荷被压缩两次</translation>
    </message>
    <message>
        <source>The application compresses, and permessage-deflate does so again</source>
        <translation>应用程序压缩一次，permessage-deflate 又压缩一次</translation>
    </message>
    <message>
        <source>Messages begin with 1f 8b (gzip), 78 9c (zlib) or 28 b5 2f fd (zstd)</source>
        <translation>消息以 1f 8b（gzip）、78 9c（zlib）或 28 b5 2f fd（zstd）开头</translation>
    </message>
    <message>
        <source>The data is compressed or encrypted by nature</source>
        <translation>数据本身就是压缩或加密的</translation>
    </message>
    <message>
        <source>Pictures, sound, archives or cipher text are sent</source>
        <translation>发送的是图片、声音、归档文件或密文</translation>
    </message>
    <message>
        <source>Choose one of the two.</source>
        <translation>二者只选其一。</translation>
    </message>
    <message>
        <source>Inflation ratio</source>
        <translation>解压倍数</translation>
    </message>
    <message>
        <source>It comes from a client that is not known, and again with each connection</source>
        <translation>它来自未知的客户端，并且每次连接都会重现</translation>
    </message>
    <message>
        <source>Data that is mostly equal octets</source>
        <translation>数据大多是相同的字节</translation>
    </message>
    <message>
        <source>The payload as meant is zeros, padding or one pattern again and again</source>
        <translation>解压后的载荷是零、填充或不断重复的同一模式</translation>
    </message>
    <message>
        <source>Limit what a message may have after it is inflated, not before.</source>
        <translation>限制消息解压之后的大小，而不是解压之前的。</translation>
    </message>
    <message>
        <source>Memory estimate per connection</source>
        <translation>每个连接的内存估计</translation>
    </message>
    <message>
        <source>Context takeover on both sides with the largest window</source>
        <translation>双方都以最大窗口保留上下文</translation>
    </message>
    <message>
        <source>The response names neither no_context_takeover nor max_window_bits</source>
        <translation>响应既没有 no_context_takeover，也没有 max_window_bits</translation>
    </message>
    <message>
        <source>Smaller window bits, no context takeover, or no compression.</source>
        <translation>减小窗口位数、不保留上下文，或不压缩。</translation>
    </message>
    <message>
        <source>The response does not choose permessage-deflate</source>
        <translation>响应没有选择 permessage-deflate</translation>
    </message>
    <message>
        <source>permessage-deflate is neither offered nor chosen</source>
        <translation>既没有提供也没有选择 permessage-deflate</translation>
    </message>
    <message>
        <source>the offer has an illegal parameter: %1</source>
        <translation>提议中有非法参数：%1</translation>
    </message>
    <message>
        <source>the response has an illegal parameter: %1</source>
        <translation>响应中有非法参数：%1</translation>
    </message>
    <message>
        <source>no offer allows the response: %1</source>
        <translation>没有提议允许此响应：%1</translation>
    </message>
    <message>
        <source>Offered: %1</source>
        <translation>已提议：%1</translation>
    </message>
    <message>
        <source>The response chooses permessage-deflate %1 times</source>
        <translation>响应选择了 %1 次 permessage-deflate</translation>
    </message>
    <message>
        <source>The response chooses permessage-deflate once</source>
        <translation>响应选择了一次 permessage-deflate</translation>
    </message>
    <message>
        <source>Both no_context_takeover parameters are there: gorilla clients accept it</source>
        <translation>两个 no_context_takeover 参数都在：gorilla 客户端会接受</translation>
    </message>
    <message>
        <source>Clients built with gorilla refuse a response without %1</source>
        <translation>用 gorilla 构建的客户端会拒绝没有 %1 的响应</translation>
    </message>
    <message>
        <source>permessage-deflate parameters legal</source>
        <translation>permessage-deflate 的参数合法</translation>
    </message>
    <message>
        <source>The libraries at both ends understand the parameters differently</source>
        <translation>两端的库对参数的理解不同</translation>
    </message>
    <message>
        <source>With another client or server, or without parameters in the offer, it opens</source>
        <translation>换一个客户端或服务器，或提议中不带参数，就能打开</translation>
    </message>
    <message>
        <source>The parameters are set by hand</source>
        <translation>参数是手工设置的</translation>
    </message>
    <message>
        <source>The program&apos;s configuration names a window outside 8 to 15, or a misspelt parameter</source>
        <translation>程序的配置中有 8 到 15 以外的窗口，或拼错的参数</translation>
    </message>
    <message>
        <source>Correct the parameters: windows are 8 to 15, each parameter stands once, and client_max_window_bits is answered only where it was offered.</source>
        <translation>更正参数：窗口为 8 到 15，每个参数只出现一次，并且只有提议过 client_max_window_bits 时才能在响应中给出它。</translation>
    </message>
    <message>
        <source>permessage-deflate twice</source>
        <translation>permessage-deflate 出现两次</translation>
    </message>
    <message>
        <source>A proxy and the server both add it</source>
        <translation>代理和服务器都添加了它</translation>
    </message>
    <message>
        <source>A direct connection has it once</source>
        <translation>直接连接时只有一次</translation>
    </message>
    <message>
        <source>The library and the application both write the field</source>
        <translation>库和应用程序都写了这个字段</translation>
    </message>
    <message>
        <source>A direct connection has it twice as well</source>
        <translation>直接连接时也有两次</translation>
    </message>
    <message>
        <source>Let one place answer it. (ws and WebKitGTK open such a connection, others fail.)</source>
        <translation>只由一处作出应答。（ws 和 WebKitGTK 会打开这样的连接，其他的会失败。）</translation>
    </message>
    <message>
        <source>gorilla client needs both no_context_takeover</source>
        <translation>gorilla 客户端需要两个 no_context_takeover</translation>
    </message>
    <message>
        <source>The server keeps its context from message to message</source>
        <translation>服务器在消息之间保留其上下文</translation>
    </message>
    <message>
        <source>Clients built with gorilla report &quot;invalid compression negotiation&quot;; others open</source>
        <translation>用 gorilla 构建的客户端报告 “invalid compression negotiation”；其他客户端能打开</translation>
    </message>
    <message>
        <source>Answer both no_context_takeover parameters where such clients connect.</source>
        <translation>如有这类客户端连接，应在响应中给出两个 no_context_takeover 参数。</translation>
    </message>
    <message>
        <source>Compression with Apple clients</source>
        <translation>与 Apple 客户端的压缩</translation>
    </message>
    <message>
        <source>The network stack of several Apple systems fails to inflate, or assumes compression</source>
        <translation>若干 Apple 系统的网络栈无法解压，或误以为有压缩</translation>
    </message>
    <message>
        <source>Only clients on Apple systems fail, and only with compression</source>
        <translation>只有 Apple 系统上的客户端失败，并且只在压缩时失败</translation>
    </message>
    <message>
        <source>Do not answer permessage-deflate to these clients.</source>
        <translation>不要对这些客户端应答 permessage-deflate。</translation>
    </message>
    <message>
        <source>Some messages are compressed, and their text was not read</source>
        <translation>有些消息是压缩的，其文本未被读取</translation>
    </message>
    <message>
        <source>None of %1 compressed messages is broken</source>
        <translation>%1 条压缩消息均无损坏</translation>
    </message>
    <message>
        <source>the system&apos;s resolver fails, but a name server answers</source>
        <translation>系统解析器失败，但有域名服务器应答</translation>
    </message>
    <message>
        <source>there is no such name (NXDOMAIN)</source>
        <translation>没有此名称（NXDOMAIN）</translation>
    </message>
    <message>
        <source>the name server fails (SERVFAIL or REFUSED)</source>
        <translation>域名服务器出错（SERVFAIL 或 REFUSED）</translation>
    </message>
    <message>
        <source>the name exists without an address (NODATA)</source>
        <translation>名称存在，但没有地址（NODATA）</translation>
    </message>
    <message>
        <source>no answer within %1</source>
        <translation>%1 内没有应答</translation>
    </message>
    <message>
        <source>the resolver fails or gives no answer (SERVFAIL)</source>
        <translation>解析器失败或没有应答（SERVFAIL）</translation>
    </message>
    <message>
        <source>there is no such name, or it has no address (NXDOMAIN or NODATA)</source>
        <translation>没有此名称，或它没有地址（NXDOMAIN 或 NODATA）</translation>
    </message>
    <message>
        <source>%1 was resolved</source>
        <translation>%1 已解析</translation>
    </message>
    <message>
        <source>%1 is %2</source>
        <translation>%1 为 %2</translation>
    </message>
    <message>
        <source>%1 for the system&apos;s resolver, but %2 for the name servers: a hosts file, another view of the zone, or an answer that changes</source>
        <translation>系统解析器得到 %1，而域名服务器给出 %2：可能有 hosts 文件、另一个区域视图，或应答本身在变化</translation>
    </message>
    <message>
        <source>No name was looked up</source>
        <translation>没有查询任何名称</translation>
    </message>
    <message>
        <source>%1 is being looked up</source>
        <translation>正在查询 %1</translation>
    </message>
    <message>
        <source>Looking up %1 was cancelled</source>
        <translation>对 %1 的查询已取消</translation>
    </message>
    <message>
        <source>The proxy&apos;s name %1 does not resolve: %2</source>
        <translation>代理的名称 %1 无法解析：%2</translation>
    </message>
    <message>
        <source>%1 does not resolve: %2</source>
        <translation>%1 无法解析：%2</translation>
    </message>
    <message>
        <source>No name was resolved</source>
        <translation>没有解析任何名称</translation>
    </message>
    <message>
        <source>Resolved in %1</source>
        <translation>解析用时 %1</translation>
    </message>
    <message>
        <source>Only IPv4 addresses</source>
        <translation>只有 IPv4 地址</translation>
    </message>
    <message>
        <source>Only IPv6 addresses, and none of those that were tried can be reached</source>
        <translation>只有 IPv6 地址，且尝试过的都不可达</translation>
    </message>
    <message>
        <source>Only IPv6 addresses</source>
        <translation>只有 IPv6 地址</translation>
    </message>
    <message>
        <source>Both families, but no IPv6 address was tried</source>
        <translation>两种地址族都有，但没有尝试任何 IPv6 地址</translation>
    </message>
    <message>
        <source>No address of either family could be reached</source>
        <translation>两种地址族都没有可达的地址</translation>
    </message>
    <message>
        <source>IPv6 is published but cannot be reached, IPv4 can</source>
        <translation>发布了 IPv6 但不可达，IPv4 可达</translation>
    </message>
    <message>
        <source>IPv6 takes %1 to connect, IPv4 %2</source>
        <translation>IPv6 连接用时 %1，IPv4 用时 %2</translation>
    </message>
    <message>
        <source>IPv6 works</source>
        <translation>IPv6 正常</translation>
    </message>
    <message>
        <source>No address could be reached, or none was tried</source>
        <translation>没有可达的地址，或没有尝试任何地址</translation>
    </message>
    <message>
        <source>Only one address</source>
        <translation>只有一个地址</translation>
    </message>
    <message>
        <source>The first address works; the others were not needed</source>
        <translation>第一个地址可用；不需要其他地址</translation>
    </message>
    <message>
        <source>The families differ, not the addresses (dns.family-gap)</source>
        <translation>差别在于地址族，而不是地址（dns.family-gap）</translation>
    </message>
    <message>
        <source>%1 of %2 addresses cannot be reached, another can</source>
        <translation>%2 个地址中有 %1 个不可达，另有可达的地址</translation>
    </message>
    <message>
        <source>Name resolves</source>
        <translation>名称可解析</translation>
    </message>
    <message>
        <source>A typing error, or the record was deleted</source>
        <translation>输入错误，或记录已被删除</translation>
    </message>
    <message>
        <source>dig NAME at the domain&apos;s own servers says NXDOMAIN</source>
        <translation>在该域自己的服务器上执行 dig NAME，得到 NXDOMAIN</translation>
    </message>
    <message>
        <source>Another network sees another zone: VPN or split horizon</source>
        <translation>另一个网络看到的是另一个区域：VPN 或 split horizon</translation>
    </message>
    <message>
        <source>Another resolver answers (dig @1.1.1.1 NAME)</source>
        <translation>其他解析器有应答（dig @1.1.1.1 NAME）</translation>
    </message>
    <message>
        <source>The resolver is down or cannot reach the zone&apos;s servers</source>
        <translation>解析器停机，或无法连到该区域的服务器</translation>
    </message>
    <message>
        <source>SERVFAIL or no answer, for every name</source>
        <translation>对任何名称都是 SERVFAIL 或没有应答</translation>
    </message>
    <message>
        <source>The name exists, but without an A or AAAA record</source>
        <translation>名称存在，但没有 A 或 AAAA 记录</translation>
    </message>
    <message>
        <source>dig ANY NAME shows other types; in Kubernetes: a headless Service without ready Pods</source>
        <translation>dig ANY NAME 显示其他类型；在 Kubernetes 中：没有就绪 Pod 的 headless Service</translation>
    </message>
    <message>
        <source>Mend the record or the resolver (/etc/resolv.conf, VPN, CoreDNS).</source>
        <translation>修正记录或解析器（/etc/resolv.conf、VPN、CoreDNS）。</translation>
    </message>
    <message>
        <source>Resolution time</source>
        <translation>解析时间</translation>
    </message>
    <message>
        <source>The search domains are walked first (ndots:5 in Pods)</source>
        <translation>先逐个尝试搜索域（Pod 中为 ndots:5）</translation>
    </message>
    <message>
        <source>With a dot at the end of the name it is fast</source>
        <translation>名称末尾加上点号就很快</translation>
    </message>
    <message>
        <source>The forwarder is slow</source>
        <translation>转发器很慢</translation>
    </message>
    <message>
        <source>dig @FORWARDER NAME takes as long</source>
        <translation>dig @FORWARDER NAME 同样耗时</translation>
    </message>
    <message>
        <source>AAAA questions are dropped</source>
        <translation>AAAA 查询被丢弃</translation>
    </message>
    <message>
        <source>The time is about the resolver&apos;s retry of 5 s</source>
        <translation>用时约等于解析器 5 s 的重试间隔</translation>
    </message>
    <message>
        <source>Use the full name with a dot at its end, or dnsConfig ndots:1; mend the forwarder.</source>
        <translation>使用末尾带点号的完整名称，或 dnsConfig ndots:1；修复转发器。</translation>
    </message>
    <message>
        <source>IPv6 published but dead</source>
        <translation>发布了 IPv6 但不可用</translation>
    </message>
    <message>
        <source>The server does not listen on IPv6</source>
        <translation>服务器没有监听 IPv6</translation>
    </message>
    <message>
        <source>It refuses at once; ss -ltn shows 0.0.0.0 but no [::]</source>
        <translation>立即被拒绝；ss -ltn 显示 0.0.0.0，但没有 [::]</translation>
    </message>
    <message>
        <source>No IPv6 route from here</source>
        <translation>本端没有 IPv6 路由</translation>
    </message>
    <message>
        <source>Every IPv6 host is unreachable</source>
        <translation>所有 IPv6 主机都不可达</translation>
    </message>
    <message>
        <source>The firewall has no rules for IPv6</source>
        <translation>防火墙没有 IPv6 规则</translation>
    </message>
    <message>
        <source>Silence instead of an answer; clients without Happy Eyeballs wait it out</source>
        <translation>毫无应答；不支持 Happy Eyeballs 的客户端会一直等到超时</translation>
    </message>
    <message>
        <source>Listen on [::] and open the IPv6 firewall, or withdraw the AAAA record.</source>
        <translation>监听 [::] 并放开 IPv6 防火墙，或撤下 AAAA 记录。</translation>
    </message>
    <message>
        <source>Dead addresses still published</source>
        <translation>仍在发布失效的地址</translation>
    </message>
    <message>
        <source>A Pod moved and the record&apos;s TTL has not passed</source>
        <translation>Pod 已迁移，而记录的 TTL 尚未到期</translation>
    </message>
    <message>
        <source>A later lookup no longer has the address</source>
        <translation>之后的查询不再有该地址</translation>
    </message>
    <message>
        <source>A record that is kept by hand</source>
        <translation>手工维护的记录</translation>
    </message>
    <message>
        <source>The address belongs to a machine that is gone</source>
        <translation>该地址属于已不存在的机器</translation>
    </message>
    <message>
        <source>Records without a health check</source>
        <translation>记录没有健康检查</translation>
    </message>
    <message>
        <source>The machine is there, its service is down</source>
        <translation>机器还在，但其上的服务已停</translation>
    </message>
    <message>
        <source>Tie records to readiness or health checks and keep the TTL at 60 s or less.</source>
        <translation>让记录与就绪检查或健康检查联动，TTL 保持在 60 s 以内。</translation>
    </message>
    <message>
        <source>The name servers were not asked; the system&apos;s resolver tells no TTL</source>
        <translation>没有询问域名服务器；系统解析器不提供 TTL</translation>
    </message>
    <message>
        <source>No name server answered with an address</source>
        <translation>没有域名服务器应答地址</translation>
    </message>
    <message>
        <source>TTL %1 s, but the addresses changed within %2</source>
        <translation>TTL 为 %1 s，但地址在 %2 内发生了变化</translation>
    </message>
    <message>
        <source>TTL 0 with %1 addresses: every connection asks anew</source>
        <translation>TTL 为 0，有 %1 个地址：每次连接都要重新查询</translation>
    </message>
    <message>
        <source>TTL %1 s</source>
        <translation>TTL 为 %1 s</translation>
    </message>
    <message>
        <source>%1 is no name of a Kubernetes service</source>
        <translation>%1 不是 Kubernetes Service 的名称</translation>
    </message>
    <message>
        <source>%1 is published but refuses: a Pod that is not ready</source>
        <translation>%1 已发布，但拒绝连接：是未就绪的 Pod</translation>
    </message>
    <message>
        <source>%1 addresses</source>
        <translation>%1 个地址</translation>
    </message>
    <message>
        <source>Headless: %1 Pods to choose from</source>
        <translation>Headless：有 %1 个 Pod 可选</translation>
    </message>
    <message>
        <source>One ClusterIP: the client cannot choose, each connection stays with one Pod</source>
        <translation>只有一个 ClusterIP：客户端无法选择，每个连接固定在一个 Pod 上</translation>
    </message>
    <message>
        <source>No alias: the name has addresses of its own</source>
        <translation>没有别名：该名称有自己的地址</translation>
    </message>
    <message>
        <source>%1 links: %2</source>
        <translation>%1 级：%2</translation>
    </message>
    <message>
        <source>The proxy resolves the server&apos;s name</source>
        <translation>由代理解析服务器的名称</translation>
    </message>
    <message>
        <source>%1 is a local name</source>
        <translation>%1 是本地名称</translation>
    </message>
    <message>
        <source>%1 leads to %2, an address of private use</source>
        <translation>%1 指向私有地址 %2</translation>
    </message>
    <message>
        <source>Every address is a public one</source>
        <translation>所有地址都是公网地址</translation>
    </message>
    <message>
        <source>TTL fits how fast addresses change</source>
        <translation>TTL 与地址变化速度相称</translation>
    </message>
    <message>
        <source>Records made for fixed machines, backends that come and go</source>
        <translation>记录是为固定的机器设的，而后端会增减</translation>
    </message>
    <message>
        <source>The addresses differ between lookups</source>
        <translation>各次查询得到的地址不同</translation>
    </message>
    <message>
        <source>TTL 30-60 s.</source>
        <translation>TTL 设为 30-60 s。</translation>
    </message>
    <message>
        <source>Kubernetes service type</source>
        <translation>Kubernetes Service 类型</translation>
    </message>
    <message>
        <source>publishNotReadyAddresses: true shows Pods before they are ready</source>
        <translation>publishNotReadyAddresses: true 使 Pod 在就绪前就被发布</translation>
    </message>
    <message>
        <source>kubectl get service -o yaml has it; the Pod is not ready</source>
        <translation>kubectl get service -o yaml 中有此项；Pod 未就绪</translation>
    </message>
    <message>
        <source>A Service with a ClusterIP</source>
        <translation>带 ClusterIP 的 Service</translation>
    </message>
    <message>
        <source>kubectl get service shows the address</source>
        <translation>kubectl get service 显示该地址</translation>
    </message>
    <message>
        <source>clusterIP: None only for clients that pool and retry; keep publishNotReadyAddresses false.</source>
        <translation>仅当客户端会使用连接池并重试时才用 clusterIP: None；publishNotReadyAddresses 保持 false。</translation>
    </message>
    <message>
        <source>Chain of aliases</source>
        <translation>别名链</translation>
    </message>
    <message>
        <source>One delivery network in front of another</source>
        <translation>一个 CDN 前面还有另一个 CDN</translation>
    </message>
    <message>
        <source>The names belong to different companies</source>
        <translation>这些名称属于不同的公司</translation>
    </message>
    <message>
        <source>Shorten the chain: let the name point at the last one, or use the provider&apos;s ALIAS record.</source>
        <translation>缩短别名链：让名称直接指向最后一个，或使用服务商的 ALIAS 记录。</translation>
    </message>
    <message>
        <source>Public name, private address</source>
        <translation>公网名称，私有地址</translation>
    </message>
    <message>
        <source>An entry of the hosts file</source>
        <translation>hosts 文件中的条目</translation>
    </message>
    <message>
        <source>getent hosts NAME and dig NAME differ</source>
        <translation>getent hosts NAME 与 dig NAME 结果不同</translation>
    </message>
    <message>
        <source>The zone of the inner network is seen outside, or the VPN&apos;s inside</source>
        <translation>内网的区域在外部可见，或 VPN 的区域在内部可见</translation>
    </message>
    <message>
        <source>Another resolver gives a public address</source>
        <translation>其他解析器给出公网地址</translation>
    </message>
    <message>
        <source>A captive portal answers every name</source>
        <translation>强制门户（captive portal）应答所有名称</translation>
    </message>
    <message>
        <source>Every name leads to the same address</source>
        <translation>所有名称都指向同一地址</translation>
    </message>
    <message>
        <source>Ask another resolver, remove the override.</source>
        <translation>询问其他解析器，去掉该覆盖项。</translation>
    </message>
    <message>
        <source>transport unknown (0)</source>
        <translation>未知的传输方式 (0)</translation>
    </message>
    <message>
        <source>session id unknown (1): this node did not give it</source>
        <translation>未知的会话 id (1)：不是此节点给出的</translation>
    </message>
    <message>
        <source>bad handshake method (2)</source>
        <translation>握手方法错误 (2)</translation>
    </message>
    <message>
        <source>bad request (3): transport=websocket without Upgrade</source>
        <translation>错误的请求 (3)：transport=websocket 却没有 Upgrade</translation>
    </message>
    <message>
        <source>forbidden (4)</source>
        <translation>被禁止 (4)</translation>
    </message>
    <message>
        <source>unsupported protocol version (5)</source>
        <translation>不支持的协议版本 (5)</translation>
    </message>
    <message>
        <source>Engine.IO refuses: %1</source>
        <translation>Engine.IO 拒绝：%1</translation>
    </message>
    <message>
        <source>Engine.IO took the upgrade</source>
        <translation>Engine.IO 接受了升级</translation>
    </message>
    <message>
        <source>No answer of Engine.IO</source>
        <translation>没有 Engine.IO 的应答</translation>
    </message>
    <message>
        <source>SignalR does not know this connection id: another node gave it</source>
        <translation>SignalR 不认识此连接 id：是另一个节点给出的</translation>
    </message>
    <message>
        <source>SignalR cancelled its handshake</source>
        <translation>SignalR 取消了握手</translation>
    </message>
    <message>
        <source>The connection id was accepted</source>
        <translation>连接 id 被接受</translation>
    </message>
    <message>
        <source>No answer of SignalR</source>
        <translation>没有 SignalR 的应答</translation>
    </message>
    <message>
        <source>A cache gave this answer: %1</source>
        <translation>此应答由缓存给出：%1</translation>
    </message>
    <message>
        <source>Nothing says that a cache gave this answer</source>
        <translation>没有迹象表明此应答来自缓存</translation>
    </message>
    <message>
        <source>Nothing refused the handshake</source>
        <translation>没有什么拒绝握手</translation>
    </message>
    <message>
        <source>Status %1 is not what such a filter gives</source>
        <translation>状态 %1 不是这类过滤器会给出的</translation>
    </message>
    <message>
        <source>The %1 is no page of a known filter</source>
        <translation>%1 不是已知过滤器的页面</translation>
    </message>
    <message>
        <source>A page of %1 refuses the handshake (%2)</source>
        <translation>%1 的页面拒绝了握手 (%2)</translation>
    </message>
    <message>
        <source>How often the proxy reuses its connections shows in its metrics alone</source>
        <translation>代理多久复用一次连接，只有它的指标能看出</translation>
    </message>
    <message>
        <source>Errors of Engine.IO</source>
        <translation>Engine.IO 的错误</translation>
    </message>
    <message>
        <source>The server does not offer this transport</source>
        <translation>服务器不提供此传输方式</translation>
    </message>
    <message>
        <source>Its option transports lacks websocket</source>
        <translation>其 transports 选项缺少 websocket</translation>
    </message>
    <message>
        <source>The request came to another node than the one that gave the session id</source>
        <translation>请求到了另一个节点，不是给出会话 id 的节点</translation>
    </message>
    <message>
        <source>With one node, or with cookie affinity, it succeeds</source>
        <translation>只有一个节点或有 Cookie 亲和时可以成功</translation>
    </message>
    <message>
        <source>The handshake was sent by another method than GET</source>
        <translation>握手使用了 GET 之外的方法</translation>
    </message>
    <message>
        <source>The request line shows it</source>
        <translation>请求行可以看到</translation>
    </message>
    <message>
        <source>A hop removed Upgrade</source>
        <translation>某一跳移除了 Upgrade</translation>
    </message>
    <message>
        <source>A direct attempt (--direct) gets 101</source>
        <translation>直连尝试 (--direct) 得到 101</translation>
    </message>
    <message>
        <source>allowRequest or the origin rule refuses</source>
        <translation>allowRequest 或来源规则拒绝</translation>
    </message>
    <message>
        <source>The server&apos;s cors or allowRequest option</source>
        <translation>服务器的 cors 或 allowRequest 选项</translation>
    </message>
    <message>
        <source>Client and server are of different major versions</source>
        <translation>客户端与服务器的主版本不同</translation>
    </message>
    <message>
        <source>EIO=3 against EIO=4 in the URL</source>
        <translation>URL 中的 EIO=3 与 EIO=4 不符</translation>
    </message>
    <message>
        <source>Sticky sessions, or transports: [&quot;websocket&quot;] in the client; forward Upgrade; align the major versions (allowEIO3).</source>
        <translation>粘性会话，或在客户端使用 transports: [&quot;websocket&quot;]；转发 Upgrade；统一主版本 (allowEIO3)。</translation>
    </message>
    <message>
        <source>SignalR connection id of another node</source>
        <translation>SignalR 连接 id 属于另一个节点</translation>
    </message>
    <message>
        <source>No affinity between negotiate and connect</source>
        <translation>negotiate 与 connect 之间没有亲和</translation>
    </message>
    <message>
        <source>With one node it succeeds; with n nodes about one attempt in n does</source>
        <translation>一个节点时成功；n 个节点时约 n 次成功一次</translation>
    </message>
    <message>
        <source>Sticky sessions, or SkipNegotiation with WebSockets alone.</source>
        <translation>粘性会话，或 SkipNegotiation 并只用 WebSockets。</translation>
    </message>
    <message>
        <source>Handshake answered from a cache</source>
        <translation>握手由缓存应答</translation>
    </message>
    <message>
        <source>A cache rule covers the route</source>
        <translation>缓存规则覆盖了该路由</translation>
    </message>
    <message>
        <source>Age grows with each attempt; another query gets another answer</source>
        <translation>Age 随每次尝试增大；换一个查询得到另一个应答</translation>
    </message>
    <message>
        <source>Let the cache pass this route by (proxy_cache off, Cache-Control: no-store).</source>
        <translation>让缓存绕过此路由（proxy_cache off、Cache-Control: no-store）。</translation>
    </message>
    <message>
        <source>Application firewall or bot page</source>
        <translation>应用防火墙或机器人页面</translation>
    </message>
    <message>
        <source>A managed rule minds the handshake (frames are not looked at)</source>
        <translation>托管规则针对握手（不检查帧）</translation>
    </message>
    <message>
        <source>With a browser&apos;s User-Agent and Origin it is 101; the product&apos;s log names the rule</source>
        <translation>用浏览器的 User-Agent 和 Origin 得到 101；该产品的日志会指出规则</translation>
    </message>
    <message>
        <source>Allow the path in the firewall&apos;s rules.</source>
        <translation>在防火墙规则中放行该路径。</translation>
    </message>
    <message>
        <source>Upstream connections not reused</source>
        <translation>上游连接未被复用</translation>
    </message>
    <message>
        <source>Connection: close on plain locations</source>
        <translation>普通 location 上的 Connection: close</translation>
    </message>
    <message>
        <source>Fewer than 50 requests for each upstream connection</source>
        <translation>每个上游连接不到 50 个请求</translation>
    </message>
    <message>
        <source>upstream { keepalive 32; } for routes without sockets.</source>
        <translation>对没有套接字的路由使用 upstream { keepalive 32; }。</translation>
    </message>
    <message>
        <source>Apache passed the upgrade on</source>
        <translation>Apache 转发了升级</translation>
    </message>
    <message>
        <source>Status %1 does not speak of the fields that Apache forwards</source>
        <translation>状态 %1 与 Apache 转发的字段无关</translation>
    </message>
    <message>
        <source>Nothing shows what the server behind Apache saw; a direct attempt (--direct) would</source>
        <translation>没有证据显示 Apache 后面的服务器看到了什么；直连尝试 (--direct) 可以</translation>
    </message>
    <message>
        <source>Apache does not forward the upgrade: %1 through it, 101 with the direct attempt</source>
        <translation>Apache 没有转发升级：经它得到 %1，直连得到 101</translation>
    </message>
    <message>
        <source>the server answers with HTTP/1.0</source>
        <translation>服务器以 HTTP/1.0 应答</translation>
    </message>
    <message>
        <source>a line of the server&apos;s head has no colon</source>
        <translation>服务器头部的某一行没有冒号</translation>
    </message>
    <message>
        <source>the server&apos;s Upgrade is missing or wrong</source>
        <translation>服务器的 Upgrade 缺失或错误</translation>
    </message>
    <message>
        <source>502: a direct attempt (--direct) would show the server&apos;s head</source>
        <translation>502：直连尝试 (--direct) 可以显示服务器的头部</translation>
    </message>
    <message>
        <source>The direct answer has nothing that Apache refuses</source>
        <translation>直连的应答中没有 Apache 会拒绝的内容</translation>
    </message>
    <message>
        <source>Apache turns the server&apos;s answer into 502: %1</source>
        <translation>Apache 把服务器的应答变成 502：%1</translation>
    </message>
    <message>
        <source>It did not end after a silence</source>
        <translation>它不是在静默之后结束的</translation>
    </message>
    <message>
        <source>Cut after %1 of silence, as the default Timeout of Apache gives</source>
        <translation>静默 %1 后被切断，与 Apache 默认的 Timeout 一致</translation>
    </message>
    <message>
        <source>Cut after %1 of silence, as the longer of Timeout and ProxyTimeout gives</source>
        <translation>静默 %1 后被切断，与 Timeout 和 ProxyTimeout 中较长者一致</translation>
    </message>
    <message>
        <source>Apache proxy without upgrade</source>
        <translation>Apache 代理没有升级</translation>
    </message>
    <message>
        <source>A plain ProxyPass http:// takes the path</source>
        <translation>普通的 ProxyPass http:// 接管了该路径</translation>
    </message>
    <message>
        <source>apachectl -S and the order of ProxyPass lines show it</source>
        <translation>apachectl -S 和 ProxyPass 行的顺序可以看出</translation>
    </message>
    <message>
        <source>The RewriteRule for Upgrade is missing, or mod_proxy_wstunnel is not loaded</source>
        <translation>缺少 Upgrade 的 RewriteRule，或没有加载 mod_proxy_wstunnel</translation>
    </message>
    <message>
        <source>apachectl -M lacks proxy_wstunnel_module</source>
        <translation>apachectl -M 中没有 proxy_wstunnel_module</translation>
    </message>
    <message>
        <source>ProxyPass /ws http://backend/ws upgrade=websocket (2.4.47 and later), or ProxyPass /ws ws://backend/ws before the http rule.</source>
        <translation>ProxyPass /ws http://backend/ws upgrade=websocket（2.4.47 及以后），或在 http 规则之前写 ProxyPass /ws ws://backend/ws。</translation>
    </message>
    <message>
        <source>Apache rejects the server&apos;s 101</source>
        <translation>Apache 拒绝服务器的 101</translation>
    </message>
    <message>
        <source>A fault of the server that direct clients overlook</source>
        <translation>直连客户端会忽略的服务器错误</translation>
    </message>
    <message>
        <source>error_log has AH01102 or AH01106</source>
        <translation>error_log 中有 AH01102 或 AH01106</translation>
    </message>
    <message>
        <source>Mend the server&apos;s head.</source>
        <translation>修正服务器的头部。</translation>
    </message>
    <message>
        <source>Apache&apos;s cut after silence</source>
        <translation>Apache 在静默后切断</translation>
    </message>
    <message>
        <source>The default Timeout of 60 s</source>
        <translation>默认的 60 s Timeout</translation>
    </message>
    <message>
        <source>ProxyTimeout alone does not shorten it</source>
        <translation>只设置 ProxyTimeout 不会缩短它</translation>
    </message>
    <message>
        <source>Raise Timeout and ProxyTimeout; with the old module ProxyWebsocketIdleTimeout.</source>
        <translation>提高 Timeout 和 ProxyTimeout；旧模块用 ProxyWebsocketIdleTimeout。</translation>
    </message>
    <message>
        <source>Nothing points to AWS</source>
        <translation>没有指向 AWS 的迹象</translation>
    </message>
    <message>
        <source>Cut after %1 of silence: the balancer&apos;s idle time-out</source>
        <translation>静默 %1 后被切断：负载均衡器的空闲超时</translation>
    </message>
    <message>
        <source>A heartbeat every %1 races with the balancer&apos;s idle time-out of 60 s</source>
        <translation>每 %1 一次的心跳与负载均衡器 60 s 的空闲超时竞争</translation>
    </message>
    <message>
        <source>No cut at the balancer&apos;s 60 s</source>
        <translation>没有在负载均衡器的 60 s 时被切断</translation>
    </message>
    <message>
        <source>It did not end by a reset</source>
        <translation>它不是以重置结束的</translation>
    </message>
    <message>
        <source>The longest silence before the reset was %1</source>
        <translation>重置之前最长的静默是 %1</translation>
    </message>
    <message>
        <source>The last octet before the silence</source>
        <translation>静默之前的最后一个字节</translation>
    </message>
    <message>
        <source>%1 of silence, and what was sent afterwards was answered by a reset: the balancer had forgotten the connection</source>
        <translation>静默 %1 之后发送的内容得到重置：负载均衡器已忘记该连接</translation>
    </message>
    <message>
        <source>%1 is no address of API Gateway</source>
        <translation>%1 不是 API Gateway 的地址</translation>
    </message>
    <message>
        <source>1009: more than 32 KB in a frame or 128 KB in a message</source>
        <translation>1009：一帧超过 32 KB 或一条消息超过 128 KB</translation>
    </message>
    <message>
        <source>Ended after %1, the longest life of a connection</source>
        <translation>在 %1 后结束，即连接的最长寿命</translation>
    </message>
    <message>
        <source>Ended after %1 of silence, the longest allowed</source>
        <translation>静默 %1 后结束，即允许的最长静默</translation>
    </message>
    <message>
        <source>It did not end at one of the quotas</source>
        <translation>它不是在某个配额处结束的</translation>
    </message>
    <message>
        <source>the origin answered what Cloudflare cannot read</source>
        <translation>源站的应答 Cloudflare 无法读取</translation>
    </message>
    <message>
        <source>the origin refuses the connection</source>
        <translation>源站拒绝连接</translation>
    </message>
    <message>
        <source>the origin does not answer</source>
        <translation>源站没有应答</translation>
    </message>
    <message>
        <source>the origin cannot be reached</source>
        <translation>无法到达源站</translation>
    </message>
    <message>
        <source>the origin gave no reply in time</source>
        <translation>源站没有及时应答</translation>
    </message>
    <message>
        <source>the TLS handshake with the origin failed</source>
        <translation>与源站的 TLS 握手失败</translation>
    </message>
    <message>
        <source>the origin&apos;s certificate is not valid</source>
        <translation>源站的证书无效</translation>
    </message>
    <message>
        <source>the origin&apos;s name does not resolve</source>
        <translation>源站的名称无法解析</translation>
    </message>
    <message>
        <source>%1 of Cloudflare: %2</source>
        <translation>Cloudflare 的 %1：%2</translation>
    </message>
    <message>
        <source>%1 connections ended without a Close at the same time: a restart at the edge</source>
        <translation>%1 个连接同时结束且没有 Close：边缘重启</translation>
    </message>
    <message>
        <source>%1 without a frame: Cloudflare cuts idle connections, often after 100 s</source>
        <translation>%1 没有帧：Cloudflare 会切断空闲连接，通常在 100 s 之后</translation>
    </message>
    <message>
        <source>Cloudflare is in between</source>
        <translation>中间有 Cloudflare</translation>
    </message>
    <message>
        <source>It did not end without a Close</source>
        <translation>它不是在没有 Close 的情况下结束的</translation>
    </message>
    <message>
        <source>%1 connections to this host were cut within %2: a worker was shut down</source>
        <translation>到此主机的 %1 个连接在 %2 内被切断：某个 worker 被关闭</translation>
    </message>
    <message>
        <source>It was cut alone: proxy.idle-cut tells the time-outs that fit</source>
        <translation>它是单独被切断的：proxy.idle-cut 列出相符的超时</translation>
    </message>
    <message>
        <source>Idle time-out of AWS ALB</source>
        <translation>AWS ALB 的空闲超时</translation>
    </message>
    <message>
        <source>idle_timeout.timeout_seconds is 60, its default</source>
        <translation>idle_timeout.timeout_seconds 是默认的 60</translation>
    </message>
    <message>
        <source>aws elbv2 describe-load-balancer-attributes shows it</source>
        <translation>aws elbv2 describe-load-balancer-attributes 可以看到</translation>
    </message>
    <message>
        <source>Raise idle_timeout.timeout_seconds to 300, or ping every 25-30 s.</source>
        <translation>将 idle_timeout.timeout_seconds 提高到 300，或每 25-30 s 发送 ping。</translation>
    </message>
    <message>
        <source>Idle table of a layer-4 balancer</source>
        <translation>四层负载均衡器的空闲表</translation>
    </message>
    <message>
        <source>The balancer&apos;s entry expired: AWS NLB after 350 s</source>
        <translation>负载均衡器的条目已过期：AWS NLB 在 350 s 之后</translation>
    </message>
    <message>
        <source>No FIN comes; the next write is answered by RST</source>
        <translation>没有 FIN；下一次写入得到 RST</translation>
    </message>
    <message>
        <source>Ping more often than every 300 s, or raise tcp.idle_timeout.seconds (60-6000).</source>
        <translation>ping 间隔小于 300 s，或提高 tcp.idle_timeout.seconds (60-6000)。</translation>
    </message>
    <message>
        <source>Limits of AWS API Gateway</source>
        <translation>AWS API Gateway 的限制</translation>
    </message>
    <message>
        <source>Quotas that cannot be raised: 32 KB a frame, 128 KB a message, 10 minutes idle, 2 hours in all</source>
        <translation>无法提高的配额：一帧 32 KB、一条消息 128 KB、空闲 10 分钟、总共 2 小时</translation>
    </message>
    <message>
        <source>The end comes at one of them, every time</source>
        <translation>每次都在其中之一处结束</translation>
    </message>
    <message>
        <source>Frames of 32 KB at most, a ping within 10 minutes, a new connection within 2 hours.</source>
        <translation>帧最多 32 KB，10 分钟内发送 ping，2 小时内新建连接。</translation>
    </message>
    <message>
        <source>Cloudflare&apos;s edge</source>
        <translation>Cloudflare 边缘</translation>
    </message>
    <message>
        <source>The WebSockets switch of the zone is off, or the origin fails</source>
        <translation>该区域的 WebSockets 开关关闭，或源站失败</translation>
    </message>
    <message>
        <source>Network → WebSockets in the dashboard; the origin answered directly</source>
        <translation>仪表板中的 Network → WebSockets；直接访问源站的应答</translation>
    </message>
    <message>
        <source>Idle connections are cut</source>
        <translation>空闲连接被切断</translation>
    </message>
    <message>
        <source>After about 100 s; pings prevent it</source>
        <translation>约 100 s 之后；ping 可以避免</translation>
    </message>
    <message>
        <source>A release restarts servers of the edge</source>
        <translation>发布新版本时边缘服务器重启</translation>
    </message>
    <message>
        <source>Many connections end at once, without a Close</source>
        <translation>许多连接同时结束，没有 Close</translation>
    </message>
    <message>
        <source>Switch WebSockets on; ping every 30 s or less; always reconnect.</source>
        <translation>打开 WebSockets；至少每 30 s 发送 ping；总是重连。</translation>
    </message>
    <message>
        <source>Workers of ingress-nginx</source>
        <translation>ingress-nginx 的 worker</translation>
    </message>
    <message>
        <source>An Ingress changed: nginx reloads, and the old workers end within worker-shutdown-timeout (240 s)</source>
        <translation>Ingress 改变：nginx 重新加载，旧 worker 在 worker-shutdown-timeout (240 s) 内结束</translation>
    </message>
    <message>
        <source>The controller&apos;s log has &quot;Backend successfully reloaded&quot; of that time</source>
        <translation>控制器日志中此时有 &quot;Backend successfully reloaded&quot;</translation>
    </message>
    <message>
        <source>A roll-out ended the Pods behind it</source>
        <translation>滚动发布结束了后面的 Pod</translation>
    </message>
    <message>
        <source>kubectl get events shows Killing</source>
        <translation>kubectl get events 显示 Killing</translation>
    </message>
    <message>
        <source>Annotations proxy-read-timeout: &quot;3600&quot; and proxy-send-timeout: &quot;3600&quot;; ConfigMap worker-shutdown-timeout; external balancer in TCP mode; clients that reconnect.</source>
        <translation>注解 proxy-read-timeout: &quot;3600&quot; 和 proxy-send-timeout: &quot;3600&quot;；ConfigMap worker-shutdown-timeout；外部负载均衡器用 TCP 模式；客户端要重连。</translation>
    </message>
    <message>
        <source>The 403 has a body: it is the server&apos;s, not Envoy&apos;s</source>
        <translation>403 带有正文：是服务器的，不是 Envoy 的</translation>
    </message>
    <message>
        <source>Envoy refuses the upgrade with an empty 403</source>
        <translation>Envoy 以空的 403 拒绝升级</translation>
    </message>
    <message>
        <source>Envoy took our request head</source>
        <translation>Envoy 接受了我们的请求头部</translation>
    </message>
    <message>
        <source>Envoy finds the request head of %1 too large, or its fields too many</source>
        <translation>Envoy 认为 %1 的请求头部太大，或字段太多</translation>
    </message>
    <message>
        <source>Envoy ended the stream after %1 of silence</source>
        <translation>Envoy 在静默 %1 后结束了流</translation>
    </message>
    <message>
        <source>Envoy ended the stream %1 after it was opened: the route&apos;s time-out</source>
        <translation>Envoy 在打开 %1 后结束了流：路由的超时</translation>
    </message>
    <message>
        <source>It did not end after one of Envoy&apos;s default times</source>
        <translation>它不是在 Envoy 的某个默认时间后结束的</translation>
    </message>
    <message>
        <source>Envoy refuses upgrades</source>
        <translation>Envoy 拒绝升级</translation>
    </message>
    <message>
        <source>upgrade_configs is missing on listener or route</source>
        <translation>监听器或路由上缺少 upgrade_configs</translation>
    </message>
    <message>
        <source>The access log&apos;s detail says upgrade_failed</source>
        <translation>访问日志的细节中有 upgrade_failed</translation>
    </message>
    <message>
        <source>No endpoint is ready, and the route became a direct response</source>
        <translation>没有就绪的端点，路由变成了直接应答</translation>
    </message>
    <message>
        <source>A plain GET gets 503</source>
        <translation>普通的 GET 得到 503</translation>
    </message>
    <message>
        <source>A proxy before it doubled the value of Upgrade</source>
        <translation>前面的代理重复了 Upgrade 的值</translation>
    </message>
    <message>
        <source>The access log shows websocket,websocket</source>
        <translation>访问日志显示 websocket,websocket</translation>
    </message>
    <message>
        <source>The hop is HTTP/2 without allow_connect</source>
        <translation>该跳是没有 allow_connect 的 HTTP/2</translation>
    </message>
    <message>
        <source>Only the way over HTTP/2 fails</source>
        <translation>只有经 HTTP/2 的路径失败</translation>
    </message>
    <message>
        <source>upgrade_configs: [{upgrade_type: websocket}]; for an HTTP/2 hop http2_protocol_options.allow_connect: true.</source>
        <translation>upgrade_configs: [{upgrade_type: websocket}]；HTTP/2 的一跳用 http2_protocol_options.allow_connect: true。</translation>
    </message>
    <message>
        <source>Envoy&apos;s limit of the request head</source>
        <translation>Envoy 的请求头部限制</translation>
    </message>
    <message>
        <source>Large cookies or tokens: 60 KB and 100 fields by default</source>
        <translation>很大的 Cookie 或令牌：默认 60 KB 和 100 个字段</translation>
    </message>
    <message>
        <source>Without cookies the same request passes</source>
        <translation>没有 Cookie 时同一请求能通过</translation>
    </message>
    <message>
        <source>max_request_headers_kb and common_http_protocol_options.max_headers_count.</source>
        <translation>max_request_headers_kb 和 common_http_protocol_options.max_headers_count。</translation>
    </message>
    <message>
        <source>Envoy ends streams</source>
        <translation>Envoy 结束流</translation>
    </message>
    <message>
        <source>The route&apos;s default time-out of 15 s</source>
        <translation>路由默认 15 s 的超时</translation>
    </message>
    <message>
        <source>Every connection lives 15 s, also while messages flow</source>
        <translation>每个连接都只活 15 s，有消息时也一样</translation>
    </message>
    <message>
        <source>stream_idle_timeout (300 s) or idle_timeout of the connection (3,600 s)</source>
        <translation>stream_idle_timeout (300 s) 或连接的 idle_timeout (3,600 s)</translation>
    </message>
    <message>
        <source>Pings in the gap prevent it</source>
        <translation>间隙中的 ping 可以避免</translation>
    </message>
    <message>
        <source>On the route: timeout: 0s, and idle_timeout of three heartbeats or more.</source>
        <translation>在路由上：timeout: 0s，idle_timeout 为三次心跳或更长。</translation>
    </message>
    <message>
        <source>a 1xx comes before the 101</source>
        <translation>101 之前有 1xx</translation>
    </message>
    <message>
        <source>Sec-WebSocket-Accept is missing</source>
        <translation>缺少 Sec-WebSocket-Accept</translation>
    </message>
    <message>
        <source>Connection lacks &quot;upgrade&quot;</source>
        <translation>Connection 缺少 &quot;upgrade&quot;</translation>
    </message>
    <message>
        <source>The direct 101 has nothing that HAProxy refuses</source>
        <translation>直连的 101 中没有 HAProxy 会拒绝的内容</translation>
    </message>
    <message>
        <source>HAProxy turns the server&apos;s 101 into 502: %1</source>
        <translation>HAProxy 把服务器的 101 变成 502：%1</translation>
    </message>
    <message>
        <source>It did not end by FIN after a silence</source>
        <translation>它不是静默之后以 FIN 结束的</translation>
    </message>
    <message>
        <source>FIN after %1 of silence, and field names as HAProxy writes them: timeout tunnel, or the shorter of timeout client and server without it</source>
        <translation>静默 %1 后 FIN，且字段名的写法与 HAProxy 相同：timeout tunnel，没有它时为 timeout client 和 server 中较短者</translation>
    </message>
    <message>
        <source>400 to a request head of %1, more than HAProxy&apos;s buffer of %2</source>
        <translation>对 %1 的请求头部答以 400，超过 HAProxy 的缓冲区 %2</translation>
    </message>
    <message>
        <source>502, and the direct 101 has %1, more than HAProxy&apos;s buffer of %2</source>
        <translation>502，而直连的 101 有 %1，超过 HAProxy 的缓冲区 %2</translation>
    </message>
    <message>
        <source>502: a direct attempt (--direct) would show how large the head is</source>
        <translation>502：直连尝试 (--direct) 可以显示头部有多大</translation>
    </message>
    <message>
        <source>The heads fit into HAProxy&apos;s buffer</source>
        <translation>头部放得进 HAProxy 的缓冲区</translation>
    </message>
    <message>
        <source>HAProxy turns a bad 101 into 502</source>
        <translation>HAProxy 把错误的 101 变成 502</translation>
    </message>
    <message>
        <source>The server omits Sec-WebSocket-Accept or Connection, or sends a 1xx first</source>
        <translation>服务器缺少 Sec-WebSocket-Accept 或 Connection，或先发送了 1xx</translation>
    </message>
    <message>
        <source>The log&apos;s termination state is PH; &quot;show errors&quot; shows the head</source>
        <translation>日志的终止状态是 PH；&quot;show errors&quot; 显示头部</translation>
    </message>
    <message>
        <source>Mend the server; as a last resort &quot;option accept-unsafe-violations-in-http-response&quot;.</source>
        <translation>修正服务器；最后的办法是 &quot;option accept-unsafe-violations-in-http-response&quot;。</translation>
    </message>
    <message>
        <source>HAProxy&apos;s cut after silence</source>
        <translation>HAProxy 在静默后切断</translation>
    </message>
    <message>
        <source>timeout tunnel is unset: timeout client and server then count</source>
        <translation>没有设置 timeout tunnel：此时 timeout client 和 server 起作用</translation>
    </message>
    <message>
        <source>The silence is one of those times; the log&apos;s state is cD or sD</source>
        <translation>静默时间是其中之一；日志的状态是 cD 或 sD</translation>
    </message>
    <message>
        <source>timeout tunnel is shorter than the heartbeat</source>
        <translation>timeout tunnel 比心跳短</translation>
    </message>
    <message>
        <source>The silence is that time</source>
        <translation>静默时间就是它</translation>
    </message>
    <message>
        <source>timeout tunnel 1h; timeout client-fin 30s; and heartbeats at no more than half of it.</source>
        <translation>timeout tunnel 1h；timeout client-fin 30s；心跳不超过其一半。</translation>
    </message>
    <message>
        <source>HAProxy&apos;s buffer</source>
        <translation>HAProxy 的缓冲区</translation>
    </message>
    <message>
        <source>Large cookies or tokens</source>
        <translation>很大的 Cookie 或令牌</translation>
    </message>
    <message>
        <source>With a smaller head it passes</source>
        <translation>头部较小时能通过</translation>
    </message>
    <message>
        <source>tune.bufsize 32768, or smaller heads.</source>
        <translation>tune.bufsize 32768，或更小的头部。</translation>
    </message>
    <message>
        <source>IIS says that WebSockets are disabled</source>
        <translation>IIS 说 WebSockets 已禁用</translation>
    </message>
    <message>
        <source>IIS answered the upgrade with %1</source>
        <translation>IIS 以 %1 应答升级</translation>
    </message>
    <message>
        <source>IIS ended TCP %1 after its 101</source>
        <translation>IIS 在其 101 之后 %1 结束了 TCP</translation>
    </message>
    <message>
        <source>IIS took the upgrade (%1)</source>
        <translation>IIS 接受了升级 (%1)</translation>
    </message>
    <message>
        <source>No extension was agreed on</source>
        <translation>没有协商扩展</translation>
    </message>
    <message>
        <source>Messages pass with permessage-deflate</source>
        <translation>消息能以 permessage-deflate 通过</translation>
    </message>
    <message>
        <source>permessage-deflate was agreed on through IIS, and TCP ended at the first message</source>
        <translation>经 IIS 协商了 permessage-deflate，而 TCP 在第一条消息时结束</translation>
    </message>
    <message>
        <source>IIS without its WebSocket feature</source>
        <translation>IIS 没有 WebSocket 功能</translation>
    </message>
    <message>
        <source>The feature Web-WebSockets is not installed, or the App Service&apos;s switch is off</source>
        <translation>没有安装 Web-WebSockets 功能，或 App Service 的开关关闭</translation>
    </message>
    <message>
        <source>Get-WindowsFeature Web-WebSockets says Available</source>
        <translation>Get-WindowsFeature Web-WebSockets 显示 Available</translation>
    </message>
    <message>
        <source>Install-WindowsFeature Web-WebSockets; App Service: Configuration → Web sockets on.</source>
        <translation>Install-WindowsFeature Web-WebSockets；App Service：Configuration → Web sockets 打开。</translation>
    </message>
    <message>
        <source>ARR cannot carry permessage-deflate</source>
        <translation>ARR 不能承载 permessage-deflate</translation>
    </message>
    <message>
        <source>ARR and WinHTTP know no extensions but pass the offer on</source>
        <translation>ARR 和 WinHTTP 不认识任何扩展，却转发了提议</translation>
    </message>
    <message>
        <source>Without the offer messages pass</source>
        <translation>不提议时消息能通过</translation>
    </message>
    <message>
        <source>Clear HTTP_SEC_WEBSOCKET_EXTENSIONS in URL Rewrite, or turn compression off in the application.</source>
        <translation>在 URL Rewrite 中清除 HTTP_SEC_WEBSOCKET_EXTENSIONS，或在应用中关闭压缩。</translation>
    </message>
    <message>
        <source>nginx took the server&apos;s response head</source>
        <translation>nginx 接受了服务器的响应头部</translation>
    </message>
    <message>
        <source>The direct 101 has %1, which fit</source>
        <translation>直连的 101 有 %1，放得下</translation>
    </message>
    <message>
        <source>502 through nginx; the 101 of the direct attempt has %1, more than one buffer takes</source>
        <translation>经 nginx 得到 502；直连尝试的 101 有 %1，超过一个缓冲区的容量</translation>
    </message>
    <message>
        <source>nginx took our request head</source>
        <translation>nginx 接受了我们的请求头部</translation>
    </message>
    <message>
        <source>nginx finds the request head of %1 too large (%2)</source>
        <translation>nginx 认为 %1 的请求头部太大 (%2)</translation>
    </message>
    <message>
        <source>Without TLS nothing is negotiated</source>
        <translation>没有 TLS 就没有协商</translation>
    </message>
    <message>
        <source>nginx speaks HTTP/1.1 here</source>
        <translation>nginx 在这里使用 HTTP/1.1</translation>
    </message>
    <message>
        <source>h2 was agreed on with nginx, which has no sockets over HTTP/2</source>
        <translation>与 nginx 协商了 h2，而它没有 HTTP/2 上的套接字</translation>
    </message>
    <message>
        <source>ALPN: h2</source>
        <translation>ALPN：h2</translation>
    </message>
    <message>
        <source>The 101 passed nginx</source>
        <translation>101 通过了 nginx</translation>
    </message>
    <message>
        <source>Status %1 with this body is not what a sub-request gives</source>
        <translation>带此正文的状态 %1 不是子请求会给出的</translation>
    </message>
    <message>
        <source>nginx itself answered %1; a direct attempt (--direct) would show the server&apos;s answer</source>
        <translation>nginx 自己应答 %1；直连尝试 (--direct) 可以显示服务器的应答</translation>
    </message>
    <message>
        <source>nginx itself answered %1, the server gives 101 with the direct attempt</source>
        <translation>nginx 自己应答 %1，而直连尝试得到服务器的 101</translation>
    </message>
    <message>
        <source>Response head larger than nginx&apos;s buffer</source>
        <translation>响应头部大于 nginx 的缓冲区</translation>
    </message>
    <message>
        <source>proxy_buffer_size is one page (4 or 8 KB), the head is larger</source>
        <translation>proxy_buffer_size 是一页（4 或 8 KB），头部更大</translation>
    </message>
    <message>
        <source>error.log: upstream sent too big header while reading response header</source>
        <translation>error.log：upstream sent too big header while reading response header</translation>
    </message>
    <message>
        <source>proxy_buffer_size 16k; proxy_buffers 8 16k; or fewer cookies on the 101.</source>
        <translation>proxy_buffer_size 16k; proxy_buffers 8 16k; 或减少 101 上的 Cookie。</translation>
    </message>
    <message>
        <source>Request head too large for nginx</source>
        <translation>请求头部对 nginx 太大</translation>
    </message>
    <message>
        <source>Cookies or tokens outgrew large_client_header_buffers (4 of 8 KB)</source>
        <translation>Cookie 或令牌超过了 large_client_header_buffers（4 个 8 KB）</translation>
    </message>
    <message>
        <source>large_client_header_buffers 4 32k; or smaller cookies.</source>
        <translation>large_client_header_buffers 4 32k; 或更小的 Cookie。</translation>
    </message>
    <message>
        <source>h2 agreed on with nginx</source>
        <translation>与 nginx 协商了 h2</translation>
    </message>
    <message>
        <source>The client shares a TLS configuration that offers h2</source>
        <translation>客户端共用了提供 h2 的 TLS 配置</translation>
    </message>
    <message>
        <source>Its ClientHello offers h2</source>
        <translation>其 ClientHello 提供了 h2</translation>
    </message>
    <message>
        <source>Offer http/1.1 alone for the socket.</source>
        <translation>对套接字只提供 http/1.1。</translation>
    </message>
    <message>
        <source>A sub-request or error page eats the 101</source>
        <translation>子请求或错误页吞掉了 101</translation>
    </message>
    <message>
        <source>auth_request refuses, or error_page replaces the answer</source>
        <translation>auth_request 拒绝，或 error_page 替换了应答</translation>
    </message>
    <message>
        <source>Without auth_request, error_page and proxy_cache in that location it is 101</source>
        <translation>该 location 中没有 auth_request、error_page 和 proxy_cache 时是 101</translation>
    </message>
    <message>
        <source>Exempt the location: auth_request off; proxy_intercept_errors off; no proxy_cache.</source>
        <translation>排除该 location：auth_request off; proxy_intercept_errors off; 不用 proxy_cache。</translation>
    </message>
    <message>
        <source>HAProxy, a hop over HTTP/2, or a server in Rust (all field names are lower-case)</source>
        <translation>HAProxy、HTTP/2 的一跳，或 Rust 写的服务器（所有字段名都是小写）</translation>
    </message>
    <message>
        <source>Nothing in the answer tells who wrote it</source>
        <translation>应答中没有能看出由谁写出的内容</translation>
    </message>
    <message>
        <source>Written by: %1</source>
        <translation>由此写出：%1</translation>
    </message>
    <message>
        <source>Who wrote this response</source>
        <translation>这个响应是谁写的</translation>
    </message>
    <message>
        <source>Nothing to mend: it tells where to look.</source>
        <translation>无需修正：它指出该看哪里。</translation>
    </message>
    <message>
        <source>chosen by the user</source>
        <translation>由用户指定</translation>
    </message>
    <message>
        <source>from the environment</source>
        <translation>来自环境变量</translation>
    </message>
    <message>
        <source>from the system&apos;s settings</source>
        <translation>来自系统设置</translation>
    </message>
    <message>
        <source>%1 proxy %2, %3</source>
        <translation>%1 代理 %2，%3</translation>
    </message>
    <message>
        <source>it refuses the user name or the password</source>
        <translation>它拒绝了用户名或密码</translation>
    </message>
    <message>
        <source>it accepts no method of authentication that we know</source>
        <translation>它不接受本端所知的任何认证方法</translation>
    </message>
    <message>
        <source>general failure</source>
        <translation>一般性故障</translation>
    </message>
    <message>
        <source>its rules do not allow it</source>
        <translation>其规则不允许</translation>
    </message>
    <message>
        <source>the network is unreachable</source>
        <translation>网络不可达</translation>
    </message>
    <message>
        <source>the host is unreachable, or its name does not resolve</source>
        <translation>主机不可达，或其名称无法解析</translation>
    </message>
    <message>
        <source>the server refuses the connection</source>
        <translation>服务器拒绝连接</translation>
    </message>
    <message>
        <source>the TTL expired</source>
        <translation>TTL 已耗尽</translation>
    </message>
    <message>
        <source>it does not know CONNECT</source>
        <translation>它不支持 CONNECT</translation>
    </message>
    <message>
        <source>it does not know this type of address</source>
        <translation>它不支持此地址类型</translation>
    </message>
    <message>
        <source>answer %1</source>
        <translation>应答 %1</translation>
    </message>
    <message>
        <source>The proxy does not accept the credentials (401)</source>
        <translation>代理不接受凭据 (401)</translation>
    </message>
    <message>
        <source>The proxy does not accept the credentials (407)</source>
        <translation>代理不接受所给的凭据（407）</translation>
    </message>
    <message>
        <source>The proxy asks for credentials (407), and there are none for it</source>
        <translation>代理要求凭据（407），但没有为其提供</translation>
    </message>
    <message>
        <source>The proxy does not allow CONNECT to %1 (403)</source>
        <translation>代理不允许 CONNECT 到 %1（403）</translation>
    </message>
    <message>
        <source>The proxy cannot reach %1 (%2)</source>
        <translation>代理无法连到 %1（%2）</translation>
    </message>
    <message>
        <source>The proxy answered CONNECT with %1 %2</source>
        <translation>代理对 CONNECT 应答 %1 %2</translation>
    </message>
    <message>
        <source>The proxy does not connect us to %1: %2</source>
        <translation>代理没有为本端连接 %1：%2</translation>
    </message>
    <message>
        <source>The proxy %1 ended the connection without an answer</source>
        <translation>代理 %1 未作应答就结束了连接</translation>
    </message>
    <message>
        <source>The proxy %1 did not answer within %2</source>
        <translation>代理 %1 在 %2 内没有应答</translation>
    </message>
    <message>
        <source>What is at %1 does not answer like a %2 proxy: %3</source>
        <translation>%1 处的应答不像 %2 代理：%3</translation>
    </message>
    <message>
        <source>The proxy that the settings name cannot be used: %1</source>
        <translation>设置中指定的代理无法使用：%1</translation>
    </message>
    <message>
        <source>No forward proxy is used</source>
        <translation>没有使用正向代理</translation>
    </message>
    <message>
        <source>Whether a proxy is used is not known yet</source>
        <translation>尚不知道是否使用代理</translation>
    </message>
    <message>
        <source>Forward proxy</source>
        <translation>正向代理</translation>
    </message>
    <message>
        <source>The proxy wants a user name and password, or others</source>
        <translation>代理要求用户名和密码，或要求另一组</translation>
    </message>
    <message>
        <source>407 with Proxy-Authenticate; curl -x with --proxy-user succeeds</source>
        <translation>407 且带 Proxy-Authenticate；curl -x 加上 --proxy-user 会成功</translation>
    </message>
    <message>
        <source>It allows CONNECT to port 443 or to some hosts only</source>
        <translation>它只允许 CONNECT 到端口 443 或某些主机</translation>
    </message>
    <message>
        <source>Port 443 of the same host is let through; squid acl SSL_ports, tinyproxy ConnectPort</source>
        <translation>同一主机的端口 443 可以通过；squid acl SSL_ports、tinyproxy ConnectPort</translation>
    </message>
    <message>
        <source>The server cannot be reached from the proxy</source>
        <translation>从代理无法连到服务器</translation>
    </message>
    <message>
        <source>502, 503, 504 or a SOCKS answer; from the proxy&apos;s machine it fails as well</source>
        <translation>502、503、504 或 SOCKS 应答；在代理所在的机器上同样失败</translation>
    </message>
    <message>
        <source>A forgotten HTTPS_PROXY, or no proxy of that kind at this address</source>
        <translation>遗留的 HTTPS_PROXY，或此地址上没有该类型的代理</translation>
    </message>
    <message>
        <source>env shows it; with --proxy none it connects</source>
        <translation>env 中能看到它；加上 --proxy none 即可连接</translation>
    </message>
    <message>
        <source>Give the credentials (--proxy http://USER:PASSWORD@HOST:PORT), let the proxy allow CONNECT to this host and port, or go past it: NO_PROXY, --proxy none.</source>
        <translation>提供凭据（--proxy http://USER:PASSWORD@HOST:PORT），让代理允许 CONNECT 到此主机和端口，或绕过代理：NO_PROXY、--proxy none。</translation>
    </message>
    <message>
        <source>the proxy %1</source>
        <translation>代理 %1</translation>
    </message>
    <message>
        <source>No address refused; it failed otherwise</source>
        <translation>没有地址拒绝连接；失败另有原因</translation>
    </message>
    <message>
        <source>Nothing accepts connections at %1: refused</source>
        <translation>%1 上没有任何程序接受连接：被拒绝</translation>
    </message>
    <message>
        <source>Every address gave an answer</source>
        <translation>每个地址都有应答</translation>
    </message>
    <message>
        <source>No answer from %1 within %2, which is too short to tell a filter from a lost segment</source>
        <translation>%2 内没有收到 %1 的应答，时间太短，无法区分是过滤还是报文段丢失</translation>
    </message>
    <message>
        <source>No answer at all from %1 within %2, about %3 SYNs (at once and after 1, 3, 7 s)</source>
        <translation>%2 内没有收到 %1 的任何应答，约发出 %3 个 SYN（立即以及 1、3、7 s 后）</translation>
    </message>
    <message>
        <source>A route was there; it failed otherwise</source>
        <translation>有路由；失败另有原因</translation>
    </message>
    <message>
        <source>No route to %1</source>
        <translation>没有到 %1 的路由</translation>
    </message>
    <message>
        <source>TCP was not connected</source>
        <translation>TCP 没有连接</translation>
    </message>
    <message>
        <source>%1 to connect, as when a SYN is lost and sent again</source>
        <translation>连接用时 %1，如同 SYN 丢失后重发</translation>
    </message>
    <message>
        <source>%1 to connect</source>
        <translation>连接用时 %1</translation>
    </message>
    <message>
        <source>A reply came</source>
        <translation>收到了应答</translation>
    </message>
    <message>
        <source>TCP was not ended by the other side</source>
        <translation>TCP 不是由对端结束的</translation>
    </message>
    <message>
        <source>The request</source>
        <translation>请求</translation>
    </message>
    <message>
        <source>%1 %2 after the request, without one octet of a reply</source>
        <translation>请求之后 %2：%1，没有收到一个字节的应答</translation>
    </message>
    <message>
        <source>Port refuses</source>
        <translation>端口拒绝连接</translation>
    </message>
    <message>
        <source>Nothing listens on that address: the server is down, or bound to 127.0.0.1</source>
        <translation>该地址上没有程序监听：服务器已停，或只绑定到 127.0.0.1</translation>
    </message>
    <message>
        <source>ss -ltn on the server shows no such port, or one of 127.0.0.1 only</source>
        <translation>在服务器上执行 ss -ltn，没有此端口，或只有 127.0.0.1 上的</translation>
    </message>
    <message>
        <source>A firewall rejects it</source>
        <translation>被防火墙拒绝</translation>
    </message>
    <message>
        <source>Other ports of the host refuse as fast; on the host itself it connects</source>
        <translation>该主机的其他端口同样快速拒绝；在主机本机上可以连接</translation>
    </message>
    <message>
        <source>The server stopped accepting while it drains</source>
        <translation>服务器在排空期间停止接受连接</translation>
    </message>
    <message>
        <source>Older connections still live; it comes back after the roll-out</source>
        <translation>旧的连接仍然存活；发布完成后即恢复</translation>
    </message>
    <message>
        <source>Start the service and bind it where clients come from: 0.0.0.0 or [::] instead of 127.0.0.1 (nginx listen, HAProxy bind, Go Addr &quot;:443&quot;, node server.listen(port, &apos;0.0.0.0&apos;)); in Kubernetes the Service&apos;s targetPort must be the container&apos;s.</source>
        <translation>启动服务，并绑定到客户端可达的地址：用 0.0.0.0 或 [::] 代替 127.0.0.1（nginx listen、HAProxy bind、Go Addr &quot;:443&quot;、node server.listen(port, &apos;0.0.0.0&apos;)）；在 Kubernetes 中，Service 的 targetPort 必须是容器的端口。</translation>
    </message>
    <message>
        <source>Port silently filtered</source>
        <translation>端口被静默过滤</translation>
    </message>
    <message>
        <source>A security group or firewall drops the segments</source>
        <translation>安全组或防火墙丢弃了报文段</translation>
    </message>
    <message>
        <source>Other ports of the same address answer</source>
        <translation>同一地址的其他端口有应答</translation>
    </message>
    <message>
        <source>It is the wrong address</source>
        <translation>地址是错的</translation>
    </message>
    <message>
        <source>No port of it answers; the name should lead elsewhere</source>
        <translation>它的任何端口都没有应答；名称应指向别处</translation>
    </message>
    <message>
        <source>This network lets nothing out to that port</source>
        <translation>此网络不允许任何流量出站到该端口</translation>
    </message>
    <message>
        <source>From another network it connects</source>
        <translation>从其他网络可以连接</translation>
    </message>
    <message>
        <source>Allow the port inbound (security group, NetworkPolicy, iptables) and check what this network lets out; 443 is open most often.</source>
        <translation>放行该端口的入站流量（安全组、NetworkPolicy、iptables），并检查此网络允许哪些出站流量；443 最常开放。</translation>
    </message>
    <message>
        <source>Route missing</source>
        <translation>缺少路由</translation>
    </message>
    <message>
        <source>No route: the VPN is down, the network is gone</source>
        <translation>没有路由：VPN 已断开，或网络已不存在</translation>
    </message>
    <message>
        <source>ip route get ADDRESS says unreachable; ping fails as well</source>
        <translation>ip route get ADDRESS 显示 unreachable；ping 同样失败</translation>
    </message>
    <message>
        <source>IPv6 without a route</source>
        <translation>IPv6 没有路由</translation>
    </message>
    <message>
        <source>curl -4 works, curl -6 does not</source>
        <translation>curl -4 可用，curl -6 不可用</translation>
    </message>
    <message>
        <source>A router on the way says so</source>
        <translation>由途中的路由器告知</translation>
    </message>
    <message>
        <source>traceroute ends at it with !H or !N</source>
        <translation>traceroute 止于该路由器，并显示 !H 或 !N</translation>
    </message>
    <message>
        <source>Bring the route or VPN up; without IPv6 prefer IPv4 or withdraw the AAAA record.</source>
        <translation>恢复路由或 VPN；没有 IPv6 时优先使用 IPv4，或撤下 AAAA 记录。</translation>
    </message>
    <message>
        <source>Connect time</source>
        <translation>连接时间</translation>
    </message>
    <message>
        <source>The server is far away</source>
        <translation>服务器距离远</translation>
    </message>
    <message>
        <source>Every attempt takes the same; ping agrees</source>
        <translation>每次尝试用时都相同；ping 的结果一致</translation>
    </message>
    <message>
        <source>A SYN was lost</source>
        <translation>有 SYN 丢失</translation>
    </message>
    <message>
        <source>About 1, 3 or 7 s; most attempts are fast</source>
        <translation>约 1、3 或 7 s；大多数尝试很快</translation>
    </message>
    <message>
        <source>The server&apos;s accept queue is full: Linux then drops SYNs</source>
        <translation>服务器的 accept 队列已满：此时 Linux 会丢弃 SYN</translation>
    </message>
    <message>
        <source>Only under load; nstat -az TcpExtListenDrops grows on the server</source>
        <translation>仅在有负载时出现；服务器上 nstat -az TcpExtListenDrops 持续增长</translation>
    </message>
    <message>
        <source>Raise net.core.somaxconn and the listener&apos;s backlog (nginx listen … backlog=, HAProxy backlog, node server.listen backlog); mend what loses segments.</source>
        <translation>调高 net.core.somaxconn 和监听器的 backlog（nginx listen … backlog=、HAProxy backlog、node server.listen backlog）；修复丢失报文段之处。</translation>
    </message>
    <message>
        <source>Ended before any reply</source>
        <translation>未作任何应答就已结束</translation>
    </message>
    <message>
        <source>The port speaks TLS and was spoken to without</source>
        <translation>端口使用 TLS，而连接没有使用</translation>
    </message>
    <message>
        <source>wss:// to the same port succeeds</source>
        <translation>用 wss:// 连接同一端口会成功</translation>
    </message>
    <message>
        <source>The listener expects the PROXY protocol</source>
        <translation>监听器要求 PROXY 协议</translation>
    </message>
    <message>
        <source>Through the balancer it succeeds; nginx listen … proxy_protocol, HAProxy accept-proxy</source>
        <translation>经由负载均衡器会成功；nginx listen … proxy_protocol、HAProxy accept-proxy</translation>
    </message>
    <message>
        <source>The server has no file descriptor or worker left</source>
        <translation>服务器的文件描述符或工作进程已用尽</translation>
    </message>
    <message>
        <source>Only under load; its log says &quot;too many open files&quot;</source>
        <translation>仅在有负载时出现；其日志中有 &quot;too many open files&quot;</translation>
    </message>
    <message>
        <source>Only some addresses are allowed</source>
        <translation>只允许某些地址</translation>
    </message>
    <message>
        <source>From an allowed network it succeeds</source>
        <translation>从允许的网络连接会成功</translation>
    </message>
    <message>
        <source>The handler crashed</source>
        <translation>处理程序崩溃</translation>
    </message>
    <message>
        <source>The server&apos;s log has a panic or stack trace of that moment</source>
        <translation>服务器日志中有该时刻的 panic 或堆栈跟踪</translation>
    </message>
    <message>
        <source>Use wss:// where the port speaks TLS; connect through the balancer or drop proxy_protocol from that listener; raise LimitNOFILE; mend the handler.</source>
        <translation>端口使用 TLS 时改用 wss://；经由负载均衡器连接，或从该监听器去掉 proxy_protocol；调高 LimitNOFILE；修复处理程序。</translation>
    </message>
    <message>
        <source>Keepalive values of sockets are not recorded; heartbeat.vs-tcp-keepalive judges the heartbeat</source>
        <translation>未记录套接字的 keepalive 值；心跳由 heartbeat.vs-tcp-keepalive 判定</translation>
    </message>
    <message>
        <source>The system does not tell what was sent again (TCP_INFO)</source>
        <translation>系统不提供重传信息（TCP_INFO）</translation>
    </message>
    <message>
        <source>%1 segments sent, %2 again: %3 are needed to judge</source>
        <translation>已发送 %1 个报文段，重传 %2 个：需要 %3 个才能判定</translation>
    </message>
    <message>
        <source>%1 of about %2 segments were sent again: %3 %</source>
        <translation>约 %2 个报文段中有 %1 个被重传：%3 %</translation>
    </message>
    <message>
        <source>%1 retransmits</source>
        <translation>%1 次重传</translation>
    </message>
    <message>
        <source>The system gave up: the other end acknowledged nothing any more</source>
        <translation>系统已放弃：对端不再确认任何数据</translation>
    </message>
    <message>
        <source>The system does not tell what is unacknowledged (TCP_INFO)</source>
        <translation>系统不提供未确认数据的信息（TCP_INFO）</translation>
    </message>
    <message>
        <source>All octets were acknowledged when last seen</source>
        <translation>最后一次查看时，所有字节都已得到确认</translation>
    </message>
    <message>
        <source>%1 segments are not acknowledged, for %2 at least</source>
        <translation>%1 个报文段未得到确认，已至少 %2</translation>
    </message>
    <message>
        <source>%1 answered pings: %2 are needed to see a pattern</source>
        <translation>%1 个 ping 得到应答：需要 %2 个才能看出规律</translation>
    </message>
    <message>
        <source>%1 of %2 pongs came 40 or 200 ms after the shortest time (%3)</source>
        <translation>%2 个 pong 中有 %1 个比最短时间（%3）晚 40 或 200 ms 到达</translation>
    </message>
    <message>
        <source>TCP was not connected, or no other connections are known</source>
        <translation>TCP 没有连接，或没有已知的其他连接</translation>
    </message>
    <message>
        <source>%1 connections of this capture to %2 were closed from here within a minute</source>
        <translation>此抓包中有 %1 个到 %2 的连接在一分钟内由本端关闭</translation>
    </message>
    <message>
        <source>Keepalive of the operating system</source>
        <translation>操作系统的 keepalive</translation>
    </message>
    <message>
        <source>The defaults were left: Linux finds a dead peer after 7,875 s</source>
        <translation>沿用默认值：Linux 要在 7,875 s 后才能发现对端失效</translation>
    </message>
    <message>
        <source>sysctl net.ipv4.tcp_keepalive_time is 7200</source>
        <translation>sysctl net.ipv4.tcp_keepalive_time 为 7200</translation>
    </message>
    <message>
        <source>Send a heartbeat every 30 s or less; where that is impossible set TCP_KEEPIDLE=60, TCP_KEEPINTVL=10, TCP_KEEPCNT=3.</source>
        <translation>至少每 30 s 发送一次心跳；做不到时设置 TCP_KEEPIDLE=60、TCP_KEEPINTVL=10、TCP_KEEPCNT=3。</translation>
    </message>
    <message>
        <source>Segments sent again</source>
        <translation>报文段重传</translation>
    </message>
    <message>
        <source>Radio or Wi-Fi</source>
        <translation>无线网络或 Wi-Fi</translation>
    </message>
    <message>
        <source>By cable there is no loss</source>
        <translation>用有线连接则没有丢失</translation>
    </message>
    <message>
        <source>A policer on the way</source>
        <translation>途中有限速设备（policer）</translation>
    </message>
    <message>
        <source>Loss begins above a certain rate</source>
        <translation>超过一定速率后开始丢失</translation>
    </message>
    <message>
        <source>A path MTU that nobody tells</source>
        <translation>路径 MTU 受限，却没有任何通知</translation>
    </message>
    <message>
        <source>Only large segments are lost; ping -M do -s 1472 fails</source>
        <translation>只有大的报文段丢失；ping -M do -s 1472 失败</translation>
    </message>
    <message>
        <source>Mend the path; clamp the MSS.</source>
        <translation>修复路径；钳制 MSS。</translation>
    </message>
    <message>
        <source>The peer is gone, the socket looks open</source>
        <translation>对端已失效，套接字看似仍打开</translation>
    </message>
    <message>
        <source>A NAT or firewall lost the state</source>
        <translation>NAT 或防火墙丢失了连接状态</translation>
    </message>
    <message>
        <source>After the same silence every time; a new connection works at once</source>
        <translation>每次都在同样长的静默之后；新连接立即可用</translation>
    </message>
    <message>
        <source>The peer was switched off or suspended</source>
        <translation>对端已关机或挂起</translation>
    </message>
    <message>
        <source>A new connection fails as well</source>
        <translation>新连接同样失败</translation>
    </message>
    <message>
        <source>The route changed</source>
        <translation>路由发生了变化</translation>
    </message>
    <message>
        <source>VPN or Wi-Fi switched at that moment</source>
        <translation>VPN 或 Wi-Fi 在那一刻发生了切换</translation>
    </message>
    <message>
        <source>Set TCP_USER_TIMEOUT to 20-30 s and send heartbeats with a time-out.</source>
        <translation>把 TCP_USER_TIMEOUT 设为 20-30 s，并发送带超时的心跳。</translation>
    </message>
    <message>
        <source>Stalls of small writes</source>
        <translation>小块写入出现停顿</translation>
    </message>
    <message>
        <source>Nagle&apos;s algorithm on one end meets delayed acknowledgements on the other</source>
        <translation>一端的 Nagle 算法遇上另一端的延迟确认</translation>
    </message>
    <message>
        <source>With TCP_NODELAY the steps are gone</source>
        <translation>设置 TCP_NODELAY 后，这种阶梯消失</translation>
    </message>
    <message>
        <source>Set TCP_NODELAY (Go&apos;s default, node socket.setNoDelay(), nginx tcp_nodelay on) and write header and payload in one call.</source>
        <translation>设置 TCP_NODELAY（Go 的默认值、node socket.setNoDelay()、nginx tcp_nodelay on），并在一次调用中写出头部和载荷。</translation>
    </message>
    <message>
        <source>Ports held in TIME-WAIT</source>
        <translation>端口被 TIME-WAIT 占用</translation>
    </message>
    <message>
        <source>The client closes first on every cycle</source>
        <translation>每个周期都由客户端先关闭</translation>
    </message>
    <message>
        <source>ss -tan state time-wait lists the server&apos;s address many times</source>
        <translation>ss -tan state time-wait 多次列出服务器的地址</translation>
    </message>
    <message>
        <source>A reconnect loop without backoff</source>
        <translation>没有退避的重连循环</translation>
    </message>
    <message>
        <source>Many connections live for less than a second</source>
        <translation>许多连接存活不到一秒</translation>
    </message>
    <message>
        <source>Let the server close first; reuse upstream connections of plain locations; back off between attempts.</source>
        <translation>让服务器先关闭；普通 location 复用上游连接；各次尝试之间进行退避。</translation>
    </message>
    <message>
        <source>Our certificate of %1</source>
        <translation>本端 %1 的证书</translation>
    </message>
    <message>
        <source>The certificate of %1</source>
        <translation>%1 的证书</translation>
    </message>
    <message>
        <source>%1 expired on %2</source>
        <translation>%1已于 %2 过期</translation>
    </message>
    <message>
        <source>%1 is not valid before %2</source>
        <translation>%1在 %2 之前无效</translation>
    </message>
    <message>
        <source>%1, %2 off</source>
        <translation>%1，相差 %2</translation>
    </message>
    <message>
        <source>%1, %2 ago</source>
        <translation>%1，距今 %2</translation>
    </message>
    <message>
        <source>%1, %2 to go</source>
        <translation>%1，还有 %2</translation>
    </message>
    <message>
        <source>The capture does not tell at what time of day the handshake was</source>
        <translation>抓包中没有握手发生的日期和时间</translation>
    </message>
    <message>
        <source>%1 is valid until %2, for %3 more</source>
        <translation>%1有效期至 %2，还剩 %3</translation>
    </message>
    <message>
        <source>%1: automatic renewal should have run</source>
        <translation>%1：自动续期本应已执行</translation>
    </message>
    <message>
        <source>no name at all</source>
        <translation>没有任何名称</translation>
    </message>
    <message>
        <source>The client named no host (SNI)</source>
        <translation>客户端没有指明主机（SNI）</translation>
    </message>
    <message>
        <source>The URL tells no host</source>
        <translation>URL 中没有主机</translation>
    </message>
    <message>
        <source>%1 is not for %2: it names %3</source>
        <translation>%1不适用于 %2：它列出的是 %3</translation>
    </message>
    <message>
        <source>%1; asked for %2 by SNI</source>
        <translation>%1；SNI 请求的是 %2</translation>
    </message>
    <message>
        <source>no name</source>
        <translation>无名称</translation>
    </message>
    <message>
        <source>Only the common name matches %1, no alternative name does: browsers, Go and Python refuse this certificate</source>
        <translation>只有通用名称（CN）与 %1 匹配，没有匹配的备用名称：浏览器、Go 和 Python 会拒绝此证书</translation>
    </message>
    <message>
        <source>The certificate is for %1</source>
        <translation>证书适用于 %1</translation>
    </message>
    <message>
        <source>Certificate validity</source>
        <translation>证书有效期</translation>
    </message>
    <message>
        <source>Renewal does not work</source>
        <translation>续期未能成功</translation>
    </message>
    <message>
        <source>certbot renew --dry-run, or the events of cert-manager&apos;s Certificate, fail</source>
        <translation>certbot renew --dry-run 失败，或 cert-manager 的 Certificate 事件显示失败</translation>
    </message>
    <message>
        <source>The new certificate is there, but the process was not reloaded</source>
        <translation>新证书已就位，但进程没有重新加载</translation>
    </message>
    <message>
        <source>openssl x509 -enddate -in FILE on the server shows a later date</source>
        <translation>在服务器上执行 openssl x509 -enddate -in FILE，显示更晚的日期</translation>
    </message>
    <message>
        <source>The clock of this machine or of the issuer is wrong</source>
        <translation>本机或颁发者的时钟不准</translation>
    </message>
    <message>
        <source>date -u differs from the real time; the date is missed by minutes only</source>
        <translation>date -u 与实际时间不符；与该日期只差几分钟</translation>
    </message>
    <message>
        <source>The certificate was put into service too early</source>
        <translation>证书启用得过早</translation>
    </message>
    <message>
        <source>Its first day lies ahead</source>
        <translation>其生效日期尚未到来</translation>
    </message>
    <message>
        <source>Renew, then reload: nginx -s reload, HAProxy reload (crt), Go: tls.Config.GetCertificate reads the new file, node server.setSecureContext(), Kubernetes: the kubernetes.io/tls secret and cert-manager&apos;s renewBefore. Alert when a third of the lifetime is left.</source>
        <translation>续期后重新加载：nginx -s reload、HAProxy reload (crt)、Go：tls.Config.GetCertificate 读取新文件、node server.setSecureContext()、Kubernetes：kubernetes.io/tls Secret 和 cert-manager 的 renewBefore。有效期剩余三分之一时发出告警。</translation>
    </message>
    <message>
        <source>Name matches certificate</source>
        <translation>名称与证书匹配</translation>
    </message>
    <message>
        <source>The default certificate of another site: no virtual host has this name, or the name sent by SNI was lost</source>
        <translation>返回的是另一站点的默认证书：没有使用此名称的虚拟主机，或 SNI 发送的名称丢失了</translation>
    </message>
    <message>
        <source>openssl s_client -servername NAME shows which one each name gets; the nginx server_name, the HAProxy crt-list or the ingress tls.hosts lacks the name</source>
        <translation>openssl s_client -servername NAME 显示每个名称得到哪个证书；nginx server_name、HAProxy crt-list 或 ingress tls.hosts 中缺少该名称</translation>
    </message>
    <message>
        <source>The URL holds an address, the certificate names only hosts</source>
        <translation>URL 中是地址，而证书只列出主机名</translation>
    </message>
    <message>
        <source>With the host&apos;s name the certificate is right</source>
        <translation>用主机名访问时证书正确</translation>
    </message>
    <message>
        <source>A new sub-domain, and the wildcard covers one label only</source>
        <translation>新的子域名，而通配符只覆盖一级</translation>
    </message>
    <message>
        <source>*.example.com is not for a.b.example.com</source>
        <translation>*.example.com 不适用于 a.b.example.com</translation>
    </message>
    <message>
        <source>The name leads to another machine</source>
        <translation>该名称指向另一台机器</translation>
    </message>
    <message>
        <source>The address connected to is not the server&apos;s</source>
        <translation>所连接的地址不是服务器的地址</translation>
    </message>
    <message>
        <source>Issue the certificate with this name as DNS (or IP) alternative name and serve it for it: nginx server_name with its own ssl_certificate, HAProxy crt-list, Kubernetes spec.tls[].hosts, Go tls.Config.Certificates, node SNICallback. Client: Go tls.Config.ServerName, node servername.</source>
        <translation>签发以此名称为 DNS（或 IP）备用名称的证书，并为它提供：nginx server_name 配各自的 ssl_certificate，HAProxy crt-list，Kubernetes spec.tls[].hosts，Go tls.Config.Certificates，node SNICallback。客户端：Go tls.Config.ServerName，node servername。</translation>
    </message>
    <message>
        <source>When the handshake began is not recorded</source>
        <translation>没有记录握手何时开始</translation>
    </message>
    <message>
        <source>Not done within %1</source>
        <translation>在 %1 内未完成</translation>
    </message>
    <message>
        <source>The TLS handshake did not succeed</source>
        <translation>TLS 握手未成功</translation>
    </message>
    <message>
        <source>%1, of which %2 are not round trips</source>
        <translation>%1，其中 %2 不是往返时间</translation>
    </message>
    <message>
        <source>Whether our flight arrived late shows at the client&apos;s end</source>
        <translation>我们的消息是否到得晚，要在客户端才看得出</translation>
    </message>
    <message>
        <source>No ServerHello came</source>
        <translation>没有收到 ServerHello</translation>
    </message>
    <message>
        <source>The server&apos;s flight never became whole</source>
        <translation>服务器的一组消息始终不完整</translation>
    </message>
    <message>
        <source>After ServerHello the rest of the server&apos;s flight did not come for %1</source>
        <translation>ServerHello 之后，服务器的其余消息有 %1 没有到</translation>
    </message>
    <message>
        <source>%1 between ServerHello and the end of the server&apos;s flight</source>
        <translation>ServerHello 到服务器最后一条消息之间 %1</translation>
    </message>
    <message>
        <source>The server&apos;s flight came at once</source>
        <translation>服务器的一组消息一次到齐</translation>
    </message>
    <message>
        <source>The server&apos;s flight was whole within %1</source>
        <translation>服务器的一组消息在 %1 内到齐</translation>
    </message>
    <message>
        <source>We asked for no client certificate</source>
        <translation>我们没有要求客户端证书</translation>
    </message>
    <message>
        <source>The client&apos;s certificate has a row of its own (tls.cert-unfit)</source>
        <translation>客户端的证书有单独的一行 (tls.cert-unfit)</translation>
    </message>
    <message>
        <source>We asked for a client certificate; the client sent none</source>
        <translation>我们要求客户端证书；客户端没有发送</translation>
    </message>
    <message>
        <source>The client sent a certificate of %1</source>
        <translation>客户端发送了 %1 的证书</translation>
    </message>
    <message>
        <source>We require a client certificate, and the client sent none</source>
        <translation>我们必须要客户端证书，而客户端没有发送</translation>
    </message>
    <message>
        <source>The client&apos;s answer to our request for a certificate did not come</source>
        <translation>客户端对我们证书请求的应答没有到</translation>
    </message>
    <message>
        <source>The server asked for no client certificate</source>
        <translation>服务器没有要求客户端证书</translation>
    </message>
    <message>
        <source>The server asked for a client certificate and took ours</source>
        <translation>服务器要求客户端证书，并接受了我们的证书</translation>
    </message>
    <message>
        <source>The server asked for a client certificate and went on without one</source>
        <translation>服务器要求客户端证书，没有也继续了</translation>
    </message>
    <message>
        <source>The handshake ended before our certificate was judged</source>
        <translation>在判断我们的证书之前握手就结束了</translation>
    </message>
    <message>
        <source>The server requires a client certificate, and none was sent: alert %1</source>
        <translation>服务器必须要客户端证书，而没有发送：警报 %1</translation>
    </message>
    <message>
        <source>The server refused our client certificate: alert %1</source>
        <translation>服务器拒绝了我们的客户端证书：警报 %1</translation>
    </message>
    <message>
        <source>close_notify came before TCP ended</source>
        <translation>TCP 结束之前收到了 close_notify</translation>
    </message>
    <message>
        <source>A fatal alert ended TLS</source>
        <translation>致命警报结束了 TLS</translation>
    </message>
    <message>
        <source>The other end did not end TCP first</source>
        <translation>不是对方先结束 TCP</translation>
    </message>
    <message>
        <source>TCP ended otherwise than by FIN: %1</source>
        <translation>TCP 不是以 FIN 结束：%1</translation>
    </message>
    <message>
        <source>FIN without close_notify, after both Close frames: nothing was lost</source>
        <translation>没有 close_notify 的 FIN，在双方 Close 帧之后：没有丢失任何内容</translation>
    </message>
    <message>
        <source>FIN without close_notify: TLS cannot tell this end from one that was forged or cut</source>
        <translation>没有 close_notify 的 FIN：TLS 无法区分这是正常结束、伪造还是被截断</translation>
    </message>
    <message>
        <source>No ClientHello came within %1</source>
        <translation>在 %1 内没有收到 ClientHello</translation>
    </message>
    <message>
        <source>No answer to our ClientHello within %1</source>
        <translation>在 %1 内我们的 ClientHello 没有得到应答</translation>
    </message>
    <message>
        <source>It stalled: nothing came after %1, and %2 were over</source>
        <translation>握手停滞：%1 之后什么也没有到，已过 %2</translation>
    </message>
    <message>
        <source>The other end sent the fatal alert %1</source>
        <translation>对方发送了致命警报 %1</translation>
    </message>
    <message>
        <source>We ended it with the fatal alert %1</source>
        <translation>我们以致命警报 %1 结束了它</translation>
    </message>
    <message>
        <source>The handshake was done</source>
        <translation>握手已完成</translation>
    </message>
    <message>
        <source>The TLS handshake is under way</source>
        <translation>TLS 握手正在进行</translation>
    </message>
    <message>
        <source>The TLS handshake was cancelled</source>
        <translation>TLS 握手被取消</translation>
    </message>
    <message>
        <source>The handshake was done after %1</source>
        <translation>握手用时 %1 完成</translation>
    </message>
    <message>
        <source>The client connected and left without a word: a health check or port scan</source>
        <translation>客户端连接后一言不发就离开了：健康检查或端口扫描</translation>
    </message>
    <message>
        <source>It failed: %1</source>
        <translation>握手失败：%1</translation>
    </message>
    <message>
        <source>%1 during the handshake, without an alert</source>
        <translation>握手期间 %1，没有警报</translation>
    </message>
    <message>
        <source>TLS handshake</source>
        <translation>TLS 握手</translation>
    </message>
    <message>
        <source>The port does not speak TLS and waits for the rest of a request, or the process hangs</source>
        <translation>该端口不使用 TLS，在等待请求的其余部分，或者进程挂起</translation>
    </message>
    <message>
        <source>ws:// to the same port succeeds; openssl s_client gets no octet either</source>
        <translation>对同一端口用 ws:// 可以成功；openssl s_client 也收不到任何字节</translation>
    </message>
    <message>
        <source>No version, cipher suite or group in common</source>
        <translation>没有共同的版本、密码套件或组</translation>
    </message>
    <message>
        <source>openssl s_client succeeds with other versions or ciphers; the server&apos;s log says &quot;no shared cipher&quot;</source>
        <translation>openssl s_client 用其他版本或密码套件可以成功；服务器日志中有 &quot;no shared cipher&quot;</translation>
    </message>
    <message>
        <source>The server knows no site of this name (SNI)</source>
        <translation>服务器没有此名称的站点 (SNI)</translation>
    </message>
    <message>
        <source>Another --sni succeeds; nginx ssl_reject_handshake, HAProxy strict-sni</source>
        <translation>换一个 --sni 可以成功；nginx ssl_reject_handshake、HAProxy strict-sni</translation>
    </message>
    <message>
        <source>A balancer or firewall ends the connection: no healthy backend, PROXY protocol expected, address not allowed</source>
        <translation>负载均衡器或防火墙结束了连接：没有健康的后端、需要 PROXY 协议、地址不被允许</translation>
    </message>
    <message>
        <source>The same from another network, or past the balancer, succeeds</source>
        <translation>换一个网络，或绕过负载均衡器，可以成功</translation>
    </message>
    <message>
        <source>Large segments are lost on the way, or the server waits for a key store, OCSP or certificate service</source>
        <translation>大的报文段在途中丢失，或服务器在等待密钥库、OCSP 或证书服务</translation>
    </message>
    <message>
        <source>ServerHello comes, the certificate does not; a capture shows retransmissions</source>
        <translation>ServerHello 到了，证书没有到；抓包中有重传</translation>
    </message>
    <message>
        <source>Read the server&apos;s log at this moment. Align ssl_protocols and ssl_ciphers (nginx), ssl-min-ver and crt-list (HAProxy), tls.Config (Go), secureContext (node); clamp the MSS where large segments get lost.</source>
        <translation>查看服务器此刻的日志。统一 ssl_protocols 和 ssl_ciphers (nginx)、ssl-min-ver 和 crt-list (HAProxy)、tls.Config (Go)、secureContext (node)；大报文段丢失时限制 MSS。</translation>
    </message>
    <message>
        <source>TLS handshake time</source>
        <translation>TLS 握手用时</translation>
    </message>
    <message>
        <source>The server lacks processor time or entropy</source>
        <translation>服务器缺少处理器时间或熵</translation>
    </message>
    <message>
        <source>All clients are slow, also on the server&apos;s own machine</source>
        <translation>所有客户端都慢，在服务器本机上也一样</translation>
    </message>
    <message>
        <source>It looks something up meanwhile: OCSP, client certificates, a key store</source>
        <translation>服务器在此期间查询了什么：OCSP、客户端证书、密钥库</translation>
    </message>
    <message>
        <source>The time is the same for all and does not depend on load</source>
        <translation>所有客户端用时相同，与负载无关</translation>
    </message>
    <message>
        <source>A large chain over a path that loses segments</source>
        <translation>路径丢失报文段，而证书链很大</translation>
    </message>
    <message>
        <source>tls.serverhello-retransmit; a chain of more than 4 KB</source>
        <translation>tls.serverhello-retransmit；证书链超过 4 KB</translation>
    </message>
    <message>
        <source>A device on the way that minds some ClientHello</source>
        <translation>途中的设备不接受某些 ClientHello</translation>
    </message>
    <message>
        <source>Slow only with some versions or ciphers (--tls-max 1.2)</source>
        <translation>只有某些版本或密码套件慢 (--tls-max 1.2)</translation>
    </message>
    <message>
        <source>Allow session resumption (nginx ssl_session_cache and ssl_session_tickets), use an ECDSA certificate and a shorter chain.</source>
        <translation>允许会话恢复（nginx ssl_session_cache 和 ssl_session_tickets），使用 ECDSA 证书和更短的证书链。</translation>
    </message>
    <message>
        <source>Server flight delayed</source>
        <translation>服务器的一组消息被延迟</translation>
    </message>
    <message>
        <source>Large segments get lost on the way (path MTU)</source>
        <translation>大的报文段在途中丢失（路径 MTU）</translation>
    </message>
    <message>
        <source>Small segments pass, the certificate does not; ping -M do -s 1472 fails</source>
        <translation>小报文段能通过，证书不能；ping -M do -s 1472 失败</translation>
    </message>
    <message>
        <source>The path loses segments</source>
        <translation>路径丢失报文段</translation>
    </message>
    <message>
        <source>tcp.retransmits; other connections to the same host suffer too</source>
        <translation>tcp.retransmits；到同一主机的其他连接也受影响</translation>
    </message>
    <message>
        <source>The server signs slowly</source>
        <translation>服务器签名慢</translation>
    </message>
    <message>
        <source>A capture shows no retransmission</source>
        <translation>抓包中没有重传</translation>
    </message>
    <message>
        <source>Clamp the MSS, let ICMP &quot;fragmentation needed&quot; pass, send a smaller chain.</source>
        <translation>限制 MSS，放行 ICMP &quot;fragmentation needed&quot;，发送更小的证书链。</translation>
    </message>
    <message>
        <source>Client certificate</source>
        <translation>客户端证书</translation>
    </message>
    <message>
        <source>The edge or mesh requires client certificates; browsers do not ask for one with sockets</source>
        <translation>边缘或网格要求客户端证书；浏览器不会为套接字询问</translation>
    </message>
    <message>
        <source>CertificateRequest is among the server&apos;s messages; with --cert it succeeds</source>
        <translation>服务器的消息中有 CertificateRequest；用 --cert 可以成功</translation>
    </message>
    <message>
        <source>The certificate is from an authority that the server does not accept</source>
        <translation>证书来自服务器不接受的颁发机构</translation>
    </message>
    <message>
        <source>The alert is unknown_ca or bad_certificate; openssl verify -CAfile with the server&apos;s file refuses it</source>
        <translation>警报是 unknown_ca 或 bad_certificate；用服务器的文件执行 openssl verify -CAfile 会拒绝它</translation>
    </message>
    <message>
        <source>The certificate has expired, is revoked, or is not for clients</source>
        <translation>证书已过期、被吊销，或不是给客户端用的</translation>
    </message>
    <message>
        <source>openssl x509 -dates -ext extendedKeyUsage shows it</source>
        <translation>openssl x509 -dates -ext extendedKeyUsage 可以看到</translation>
    </message>
    <message>
        <source>Send a client certificate (--cert, Go tls.Config.Certificates, node cert and key) from an authority of the server&apos;s list, or exempt the route: nginx ssl_verify_client optional, HAProxy verify optional, Istio PeerAuthentication PERMISSIVE.</source>
        <translation>发送由服务器认可的机构签发的客户端证书（--cert、Go tls.Config.Certificates、node cert 和 key），或豁免该路由：nginx ssl_verify_client optional、HAProxy verify optional、Istio PeerAuthentication PERMISSIVE。</translation>
    </message>
    <message>
        <source>TCP FIN without close_notify</source>
        <translation>没有 close_notify 的 TCP FIN</translation>
    </message>
    <message>
        <source>The process was ended</source>
        <translation>进程被结束</translation>
    </message>
    <message>
        <source>All its connections end at the same moment</source>
        <translation>它的所有连接同时结束</translation>
    </message>
    <message>
        <source>A proxy&apos;s idle time-out</source>
        <translation>代理的空闲超时</translation>
    </message>
    <message>
        <source>proxy.idle-cut: the same silence before every end</source>
        <translation>proxy.idle-cut：每次结束前的静默时间相同</translation>
    </message>
    <message>
        <source>The server&apos;s library closes the socket without shutting TLS down</source>
        <translation>服务器的库关闭套接字时没有关闭 TLS</translation>
    </message>
    <message>
        <source>Every connection ends like this, also those with a Close frame</source>
        <translation>每个连接都这样结束，有 Close 帧的也是</translation>
    </message>
    <message>
        <source>None needed where both Close frames were seen; otherwise let the server end TLS before TCP (Go tls.Conn.CloseWrite, node socket.end()).</source>
        <translation>若双方的 Close 帧都已看到则无需处理；否则让服务器先结束 TLS 再结束 TCP（Go tls.Conn.CloseWrite、node socket.end()）。</translation>
    </message>
    <message>
        <source>What the client makes of our chain is its own matter</source>
        <translation>客户端如何看待我们的证书链由它自己决定</translation>
    </message>
    <message>
        <source>The chain was not verified</source>
        <translation>证书链未验证</translation>
    </message>
    <message>
        <source>A self-signed certificate has no chain</source>
        <translation>自签名证书没有证书链</translation>
    </message>
    <message>
        <source>Session resumed: the chain was verified when it was made</source>
        <translation>会话已恢复：证书链在会话建立时已验证</translation>
    </message>
    <message>
        <source>Complete as sent: %1 certificates</source>
        <translation>发送时完整：%1 个证书</translation>
    </message>
    <message>
        <source>The issuer&apos;s certificate is at %1</source>
        <translation>颁发者的证书位于 %1</translation>
    </message>
    <message>
        <source>Only the server&apos;s own certificate came</source>
        <translation>只收到服务器自己的证书</translation>
    </message>
    <message>
        <source>None of the other %1 certificates issued it</source>
        <translation>其余 %1 个证书都不是它的颁发者</translation>
    </message>
    <message>
        <source>%1; its issuer %2 is neither sent nor known here</source>
        <translation>%1；其颁发者 %2 既没有发送，这里也不知道</translation>
    </message>
    <message>
        <source>The client accepted our certificate</source>
        <translation>客户端接受了我们的证书</translation>
    </message>
    <message>
        <source>The client did not judge our certificate</source>
        <translation>客户端没有判断我们的证书</translation>
    </message>
    <message>
        <source>The client does not trust our certificate of %1: it sent the alert %2</source>
        <translation>客户端不信任我们的证书 %1：它发送了警报 %2</translation>
    </message>
    <message>
        <source>The certificate of %1 is self-signed and not trusted here</source>
        <translation>%1 的证书是自签名的，在这里不受信任</translation>
    </message>
    <message>
        <source>The authority %1 is not trusted here</source>
        <translation>颁发机构 %1 在这里不受信任</translation>
    </message>
    <message>
        <source>The chain breaks off before any authority (tls.chain-incomplete)</source>
        <translation>证书链在任何颁发机构之前就断了 (tls.chain-incomplete)</translation>
    </message>
    <message>
        <source>The authority %1 is neither sent nor trusted here</source>
        <translation>颁发机构 %1 既没有发送，在这里也不受信任</translation>
    </message>
    <message>
        <source>Its issuer is trusted</source>
        <translation>其颁发者受信任</translation>
    </message>
    <message>
        <source>Trusted by %1</source>
        <translation>由 %1 信任</translation>
    </message>
    <message>
        <source>The certificate is revoked</source>
        <translation>证书已被吊销</translation>
    </message>
    <message>
        <source>The other end says that our certificate is revoked</source>
        <translation>对方说我们的证书已被吊销</translation>
    </message>
    <message>
        <source>No OCSP answer was stapled, and none is asked for elsewhere</source>
        <translation>没有附带 OCSP 应答，也没有到别处查询</translation>
    </message>
    <message>
        <source>The stapled OCSP answer says: %1</source>
        <translation>附带的 OCSP 应答说：%1</translation>
    </message>
    <message>
        <source>%1, on %2</source>
        <translation>%1，于 %2</translation>
    </message>
    <message>
        <source>No certificate was verified</source>
        <translation>没有验证任何证书</translation>
    </message>
    <message>
        <source>Key, signatures and purpose were accepted</source>
        <translation>密钥、签名和用途都被接受</translation>
    </message>
    <message>
        <source>The client&apos;s certificate of %1 is not accepted: %2</source>
        <translation>%1 的客户端证书不被接受：%2</translation>
    </message>
    <message>
        <source>The certificate of %1 is not accepted: %2</source>
        <translation>%1 的证书不被接受：%2</translation>
    </message>
    <message>
        <source>What the client was shown is not seen from the server&apos;s end</source>
        <translation>从服务器端看不到客户端看到的是什么</translation>
    </message>
    <message>
        <source>The certificate was issued by %1, which opens TLS on the way</source>
        <translation>证书由 %1 签发，它在途中打开 TLS</translation>
    </message>
    <message>
        <source>Issued by %1, no product known to open TLS</source>
        <translation>由 %1 签发，不是已知会打开 TLS 的产品</translation>
    </message>
    <message>
        <source>Chain of certificates incomplete</source>
        <translation>证书链不完整</translation>
    </message>
    <message>
        <source>The server sends its own certificate alone; browsers hide that with what they remember or fetch, Go, Qt, OpenSSL and Android fail</source>
        <translation>服务器只发送自己的证书；浏览器用记住或下载的证书掩盖了这一点，Go、Qt、OpenSSL 和 Android 会失败</translation>
    </message>
    <message>
        <source>openssl s_client -showcerts shows one certificate; openssl verify -untrusted INTERMEDIATE accepts it</source>
        <translation>openssl s_client -showcerts 只显示一个证书；openssl verify -untrusted INTERMEDIATE 接受它</translation>
    </message>
    <message>
        <source>A private authority issued it directly and is not installed here</source>
        <translation>由私有颁发机构直接签发，而该机构没有安装在这里</translation>
    </message>
    <message>
        <source>The issuer&apos;s name is that of the authority itself; its file given by --ca makes the connection trusted</source>
        <translation>颁发者的名称就是颁发机构本身；用 --ca 指定其文件后连接受信任</translation>
    </message>
    <message>
        <source>The intermediate of another certificate is sent</source>
        <translation>发送的是另一个证书的中间证书</translation>
    </message>
    <message>
        <source>More than one certificate comes, but none issued the first</source>
        <translation>收到不止一个证书，但没有一个是第一个的颁发者</translation>
    </message>
    <message>
        <source>Serve the leaf followed by its intermediates: nginx ssl_certificate fullchain.pem, HAProxy crt with the whole chain, Apache SSLCertificateFile with it, Go tls.LoadX509KeyPair of fullchain.pem, node cert: the whole chain, Kubernetes secret tls.crt likewise.</source>
        <translation>在叶证书之后提供中间证书：nginx ssl_certificate fullchain.pem，HAProxy crt 含整条链，Apache SSLCertificateFile 同样，Go 用 fullchain.pem 的 tls.LoadX509KeyPair，node cert：整条链，Kubernetes secret 的 tls.crt 同理。</translation>
    </message>
    <message>
        <source>Untrusted issuer</source>
        <translation>颁发者不受信任</translation>
    </message>
    <message>
        <source>A test certificate; browsers offer no way past it for sockets</source>
        <translation>测试证书；浏览器对套接字没有办法绕过</translation>
    </message>
    <message>
        <source>Subject and issuer are the same</source>
        <translation>主体与颁发者相同</translation>
    </message>
    <message>
        <source>A private authority that is not installed on this machine</source>
        <translation>私有颁发机构没有安装在本机</translation>
    </message>
    <message>
        <source>The same URL works where it is installed; its file given by --ca makes the connection trusted</source>
        <translation>在安装了它的地方同一 URL 可用；用 --ca 指定其文件后连接受信任</translation>
    </message>
    <message>
        <source>A second intermediate is missing</source>
        <translation>缺少第二个中间证书</translation>
    </message>
    <message>
        <source>The last certificate sent names an issuer that is itself issued by another</source>
        <translation>发送的最后一个证书的颁发者本身由另一个机构签发</translation>
    </message>
    <message>
        <source>The client does not know the authority of this server&apos;s certificate</source>
        <translation>客户端不知道此服务器证书的颁发机构</translation>
    </message>
    <message>
        <source>The client&apos;s own log names the certificate; curl --cacert FILE is content</source>
        <translation>客户端自己的日志会指出该证书；curl --cacert FILE 可以通过</translation>
    </message>
    <message>
        <source>Serve a certificate of a public authority, or make the client trust the private one: fglass --ca FILE, Go tls.Config.RootCAs, node ca or NODE_EXTRA_CA_CERTS, Python load_verify_locations, Java truststore, the system&apos;s store for browsers. Frameglass&apos;s own authority: fglass ca --export FILE.</source>
        <translation>使用公共颁发机构的证书，或让客户端信任私有机构：fglass --ca FILE、Go tls.Config.RootCAs、node ca 或 NODE_EXTRA_CA_CERTS、Python load_verify_locations、Java truststore、浏览器用系统的存储。Frameglass 自己的颁发机构：fglass ca --export FILE。</translation>
    </message>
    <message>
        <source>Certificate revoked</source>
        <translation>证书被吊销</translation>
    </message>
    <message>
        <source>The authority revoked it: the key was lost, or a newer certificate replaced it</source>
        <translation>颁发机构吊销了它：密钥丢失，或已被更新的证书取代</translation>
    </message>
    <message>
        <source>openssl ocsp with the issuer&apos;s responder gives the same answer</source>
        <translation>用颁发者的应答服务器执行 openssl ocsp 得到同样的应答</translation>
    </message>
    <message>
        <source>The stapled answer is old, broken, or about another certificate</source>
        <translation>附带的应答已旧、损坏，或属于另一个证书</translation>
    </message>
    <message>
        <source>The responder itself gives another answer</source>
        <translation>应答服务器本身给出另一个应答</translation>
    </message>
    <message>
        <source>Issue a new certificate with a new key and reload; check what the server staples: nginx ssl_stapling with ssl_stapling_verify and ssl_stapling_file, HAProxy FILE.ocsp or ocsp-update on, Apache SSLUseStapling.</source>
        <translation>用新密钥签发新证书并重新加载；检查服务器附带的内容：nginx ssl_stapling 配 ssl_stapling_verify 和 ssl_stapling_file，HAProxy FILE.ocsp 或 ocsp-update on，Apache SSLUseStapling。</translation>
    </message>
    <message>
        <source>Certificate fit for its use</source>
        <translation>证书适合其用途</translation>
    </message>
    <message>
        <source>Issued for another use, or by a certificate that is no authority</source>
        <translation>为另一种用途签发，或由不是颁发机构的证书签发</translation>
    </message>
    <message>
        <source>openssl x509 -text shows Extended Key Usage without server (or client) authentication, or an issuer without CA:TRUE</source>
        <translation>openssl x509 -text 显示 Extended Key Usage 中没有服务器（或客户端）认证，或颁发者没有 CA:TRUE</translation>
    </message>
    <message>
        <source>Its key or signature is too weak for today&apos;s libraries</source>
        <translation>其密钥或签名对现今的库来说太弱</translation>
    </message>
    <message>
        <source>RSA below 2,048 bits, or SHA-1</source>
        <translation>RSA 少于 2,048 位，或 SHA-1</translation>
    </message>
    <message>
        <source>An authority that the server does not accept for clients</source>
        <translation>服务器不接受用于客户端的颁发机构</translation>
    </message>
    <message>
        <source>It is not in the file of --client-ca (nginx ssl_client_certificate, HAProxy ca-file, Go tls.Config.ClientCAs)</source>
        <translation>它不在 --client-ca 的文件中（nginx ssl_client_certificate、HAProxy ca-file、Go tls.Config.ClientCAs）</translation>
    </message>
    <message>
        <source>Issue a certificate for this use (extendedKeyUsage serverAuth or clientAuth), with an RSA key of 2,048 bits or EC P-256 and SHA-256, by an accepted authority.</source>
        <translation>由被接受的机构签发适合此用途的证书（extendedKeyUsage serverAuth 或 clientAuth），用 2,048 位 RSA 或 EC P-256 密钥和 SHA-256。</translation>
    </message>
    <message>
        <source>TLS is opened on the way</source>
        <translation>TLS 在途中被打开</translation>
    </message>
    <message>
        <source>The antivirus program of this machine</source>
        <translation>本机的杀毒软件</translation>
    </message>
    <message>
        <source>Another machine of the same network gets the server&apos;s own certificate</source>
        <translation>同一网络的另一台机器得到的是服务器自己的证书</translation>
    </message>
    <message>
        <source>A proxy of the company, school or country</source>
        <translation>公司、学校或国家的代理</translation>
    </message>
    <message>
        <source>Another network gets the server&apos;s own certificate</source>
        <translation>另一个网络得到的是服务器自己的证书</translation>
    </message>
    <message>
        <source>A debugging proxy that was left on</source>
        <translation>忘记关闭的调试代理</translation>
    </message>
    <message>
        <source>mitmproxy, Charles, Fiddler or Burp runs here</source>
        <translation>这里运行着 mitmproxy、Charles、Fiddler 或 Burp</translation>
    </message>
    <message>
        <source>Exempt the host from inspection: such products are known to break sockets.</source>
        <translation>将该主机排除在检查之外：已知这类产品会破坏套接字。</translation>
    </message>
    <message>
        <source>No version in common: the other end sent the alert %1</source>
        <translation>没有共同的版本：对方发送了警报 %1</translation>
    </message>
    <message>
        <source>No version in common: what the other end offers is not allowed here</source>
        <translation>没有共同的版本：这里不允许对方提供的版本</translation>
    </message>
    <message>
        <source>%1; an end that knows 1.3 chooses it where the other offers it</source>
        <translation>%1；支持 1.3 的一端在对方提供时会选择它</translation>
    </message>
    <message>
        <source>%1 was agreed on, which is withdrawn</source>
        <translation>协商的是 %1，它已被废止</translation>
    </message>
    <message>
        <source>RC4 is broken</source>
        <translation>RC4 已被攻破</translation>
    </message>
    <message>
        <source>3DES has blocks of 64 bits</source>
        <translation>3DES 的分组只有 64 位</translation>
    </message>
    <message>
        <source>it protects nothing</source>
        <translation>它不提供任何保护</translation>
    </message>
    <message>
        <source>static RSA has no forward secrecy</source>
        <translation>静态 RSA 没有前向保密</translation>
    </message>
    <message>
        <source>CBC with SHA-1</source>
        <translation>CBC 加 SHA-1</translation>
    </message>
    <message>
        <source>%1: no longer recommended</source>
        <translation>%1：不再推荐</translation>
    </message>
    <message>
        <source>The server accepts none of our protocols: it sent the alert %1</source>
        <translation>服务器不接受我们的任何协议：它发送了警报 %1</translation>
    </message>
    <message>
        <source>The answer is an HTTP/2 SETTINGS frame</source>
        <translation>应答是 HTTP/2 SETTINGS 帧</translation>
    </message>
    <message>
        <source>HTTP/2 SETTINGS</source>
        <translation>HTTP/2 SETTINGS</translation>
    </message>
    <message>
        <source>The server chose %1, but the upgrade of HTTP/1.1 does not exist there</source>
        <translation>服务器选择了 %1，而那里没有 HTTP/1.1 的升级</translation>
    </message>
    <message>
        <source>ALPN: %1</source>
        <translation>ALPN：%1</translation>
    </message>
    <message>
        <source>No protocol was chosen: HTTP/1.1 is meant</source>
        <translation>没有选择协议：即 HTTP/1.1</translation>
    </message>
    <message>
        <source>%1 was chosen</source>
        <translation>选择了 %1</translation>
    </message>
    <message>
        <source>TLS version</source>
        <translation>TLS 版本</translation>
    </message>
    <message>
        <source>An old TLS library on one end</source>
        <translation>一端的 TLS 库太旧</translation>
    </message>
    <message>
        <source>openssl s_client -tls1_2 and -tls1_3 tell what the server knows</source>
        <translation>openssl s_client -tls1_2 和 -tls1_3 可以看出服务器支持什么</translation>
    </message>
    <message>
        <source>A policy that was kept for old devices, or one that is stricter than the other end</source>
        <translation>为旧设备保留的策略，或比对方更严格的策略</translation>
    </message>
    <message>
        <source>ssl_protocols, ssl-min-ver or MinVersion is set</source>
        <translation>设置了 ssl_protocols、ssl-min-ver 或 MinVersion</translation>
    </message>
    <message>
        <source>Allow TLS 1.2 and 1.3: nginx ssl_protocols TLSv1.2 TLSv1.3, HAProxy ssl-default-bind-options ssl-min-ver TLSv1.2, Go tls.Config.MinVersion, node minVersion. Here: --tls-min and --tls-max.</source>
        <translation>允许 TLS 1.2 和 1.3：nginx ssl_protocols TLSv1.2 TLSv1.3、HAProxy ssl-default-bind-options ssl-min-ver TLSv1.2、Go tls.Config.MinVersion、node minVersion。这里：--tls-min 和 --tls-max。</translation>
    </message>
    <message>
        <source>Cipher suite</source>
        <translation>密码套件</translation>
    </message>
    <message>
        <source>A list of ciphers that was kept for old devices</source>
        <translation>为旧设备保留的密码套件列表</translation>
    </message>
    <message>
        <source>openssl s_client -cipher ECDHE+AESGCM succeeds as well</source>
        <translation>openssl s_client -cipher ECDHE+AESGCM 也能成功</translation>
    </message>
    <message>
        <source>Prefer ECDHE with AES-GCM or ChaCha20 and drop the rest: nginx ssl_ciphers ECDHE+AESGCM:ECDHE+CHACHA20, HAProxy ssl-default-bind-ciphers, Go tls.Config.CipherSuites, node ciphers.</source>
        <translation>优先使用 ECDHE 配 AES-GCM 或 ChaCha20，去掉其余的：nginx ssl_ciphers ECDHE+AESGCM:ECDHE+CHACHA20、HAProxy ssl-default-bind-ciphers、Go tls.Config.CipherSuites、node ciphers。</translation>
    </message>
    <message>
        <source>HTTP/2 chosen for an HTTP/1.1 upgrade</source>
        <translation>HTTP/1.1 升级却选择了 HTTP/2</translation>
    </message>
    <message>
        <source>The client offers h2 from a TLS configuration that it shares with HTTP</source>
        <translation>客户端与 HTTP 共用 TLS 配置，因而提供了 h2</translation>
    </message>
    <message>
        <source>The ClientHello offers h2; with http/1.1 alone the upgrade succeeds</source>
        <translation>ClientHello 提供了 h2；只用 http/1.1 时升级成功</translation>
    </message>
    <message>
        <source>The proxy speaks nothing but h2 on this port</source>
        <translation>代理在此端口只支持 h2</translation>
    </message>
    <message>
        <source>openssl s_client -alpn http/1.1 is refused or answered with h2</source>
        <translation>openssl s_client -alpn http/1.1 被拒绝，或得到 h2 的应答</translation>
    </message>
    <message>
        <source>A gRPC listener or route</source>
        <translation>gRPC 的监听或路由</translation>
    </message>
    <message>
        <source>Another port or host name of the same server takes sockets</source>
        <translation>同一服务器的另一个端口或主机名接受套接字</translation>
    </message>
    <message>
        <source>Client: offer http/1.1 alone (Go tls.Config.NextProtos without h2, --alpn http/1.1). Server: keep http/1.1 beside h2: HAProxy &quot;bind … alpn h2,http/1.1&quot;, Envoy alpn_protocols, nginx without &quot;http2&quot; on that server.</source>
        <translation>客户端：只提供 http/1.1（Go tls.Config.NextProtos 去掉 h2，--alpn http/1.1）。服务器：在 h2 之外保留 http/1.1：HAProxy &quot;bind … alpn h2,http/1.1&quot;、Envoy alpn_protocols、nginx 该 server 不用 &quot;http2&quot;。</translation>
    </message>
    <message>
        <source>The client speaks HTTP without TLS to this port: &quot;%1&quot;</source>
        <translation>客户端对此端口使用了没有 TLS 的 HTTP：&quot;%1&quot;</translation>
    </message>
    <message>
        <source>The port answers our ClientHello with plain HTTP: &quot;%1&quot;</source>
        <translation>该端口以明文 HTTP 应答我们的 ClientHello：&quot;%1&quot;</translation>
    </message>
    <message>
        <source>The port answers our ClientHello with HTML in the clear: &quot;%1&quot;</source>
        <translation>该端口以明文 HTML 应答我们的 ClientHello：&quot;%1&quot;</translation>
    </message>
    <message>
        <source>An SSH server listens on this port: &quot;%1&quot;</source>
        <translation>此端口上是 SSH 服务器：&quot;%1&quot;</translation>
    </message>
    <message>
        <source>What came is no TLS record: &quot;%1&quot;</source>
        <translation>收到的不是 TLS 记录：&quot;%1&quot;</translation>
    </message>
    <message>
        <source>The other end sent nothing</source>
        <translation>对方什么也没有发送</translation>
    </message>
    <message>
        <source>TLS is spoken here</source>
        <translation>这里使用 TLS</translation>
    </message>
    <message>
        <source>This connection uses TLS</source>
        <translation>此连接使用 TLS</translation>
    </message>
    <message>
        <source>The client speaks TLS to this plain port: its first octets are %1</source>
        <translation>客户端对此明文端口使用了 TLS：其最初的字节是 %1</translation>
    </message>
    <message>
        <source>The port answers with a TLS alert: %1</source>
        <translation>该端口以 TLS 警报应答：%1</translation>
    </message>
    <message>
        <source>The port answers with a TLS record: %1</source>
        <translation>该端口以 TLS 记录应答：%1</translation>
    </message>
    <message>
        <source>The answer (%1) says that the port expects TLS</source>
        <translation>应答 (%1) 说明该端口需要 TLS</translation>
    </message>
    <message>
        <source>The port speaks without TLS, as the URL says</source>
        <translation>该端口不使用 TLS，与 URL 一致</translation>
    </message>
    <message>
        <source>Plain text where TLS was expected</source>
        <translation>应为 TLS 处出现明文</translation>
    </message>
    <message>
        <source>wss:// to a port without TLS</source>
        <translation>对没有 TLS 的端口使用 wss://</translation>
    </message>
    <message>
        <source>ws:// to the same port gets 101</source>
        <translation>对同一端口用 ws:// 得到 101</translation>
    </message>
    <message>
        <source>TLS already ends at a hop before this port</source>
        <translation>TLS 在此端口之前的一跳已经结束</translation>
    </message>
    <message>
        <source>The proxy&apos;s own port (443) speaks TLS, the backend&apos;s does not</source>
        <translation>代理自己的端口 (443) 使用 TLS，后端的不使用</translation>
    </message>
    <message>
        <source>The listener lost its TLS settings</source>
        <translation>监听丢失了 TLS 设置</translation>
    </message>
    <message>
        <source>nginx: listen without ssl; HAProxy: bind without ssl crt; Go: ListenAndServe where ListenAndServeTLS was meant</source>
        <translation>nginx：listen 没有 ssl；HAProxy：bind 没有 ssl crt；Go：本应是 ListenAndServeTLS 却用了 ListenAndServe</translation>
    </message>
    <message>
        <source>The client was given ws:// or http:// for this port</source>
        <translation>客户端对此端口使用了 ws:// 或 http://</translation>
    </message>
    <message>
        <source>Its configuration or page holds the URL; with wss:// it succeeds</source>
        <translation>其配置或页面中有该 URL；改用 wss:// 即可成功</translation>
    </message>
    <message>
        <source>Use ws:// for this port, or turn TLS on: nginx &quot;listen 443 ssl;&quot; with ssl_certificate and ssl_certificate_key, HAProxy &quot;bind :443 ssl crt FILE&quot;, Go ListenAndServeTLS, node https.createServer({key, cert}).</source>
        <translation>对此端口使用 ws://，或启用 TLS：nginx &quot;listen 443 ssl;&quot; 配 ssl_certificate 和 ssl_certificate_key、HAProxy &quot;bind :443 ssl crt FILE&quot;、Go ListenAndServeTLS、node https.createServer({key, cert})。</translation>
    </message>
    <message>
        <source>TLS where plain text was expected</source>
        <translation>应为明文处出现 TLS</translation>
    </message>
    <message>
        <source>ws:// to a port that speaks TLS</source>
        <translation>对使用 TLS 的端口使用 ws://</translation>
    </message>
    <message>
        <source>wss:// to the same port gets 101</source>
        <translation>对同一端口用 wss:// 得到 101</translation>
    </message>
    <message>
        <source>A hop forwards without TLS to a backend that expects it</source>
        <translation>某一跳不用 TLS 转发给需要 TLS 的后端</translation>
    </message>
    <message>
        <source>The refusal carries the backend&apos;s name; nginx: proxy_pass http:// where https:// is meant, HAProxy: server without ssl</source>
        <translation>拒绝中有后端的名称；nginx：本应是 https:// 的 proxy_pass http://，HAProxy：server 没有 ssl</translation>
    </message>
    <message>
        <source>The client was given wss:// or https:// for a port without TLS</source>
        <translation>客户端对没有 TLS 的端口使用了 wss:// 或 https://</translation>
    </message>
    <message>
        <source>Its configuration or page holds the URL; fglass serve --tls takes it</source>
        <translation>其配置或页面中有该 URL；fglass serve --tls 可以接受它</translation>
    </message>
    <message>
        <source>Use wss://. Between proxy and backend: nginx &quot;proxy_pass https://…&quot;, HAProxy &quot;server … ssl verify required ca-file FILE&quot;.</source>
        <translation>使用 wss://。代理与后端之间：nginx &quot;proxy_pass https://…&quot;、HAProxy &quot;server … ssl verify required ca-file FILE&quot;。</translation>
    </message>
    <message>
        <source>The address was given for this host: no name was looked up</source>
        <translation>此主机的地址是给定的：没有查询名称</translation>
    </message>
    <message>
        <source>%1 is an address: no name was looked up</source>
        <translation>%1 是地址：没有查询名称</translation>
    </message>
    <message>
        <source>%1 of %2: %3 after %4</source>
        <translation>%2 的 %1：%3，%4 之后</translation>
    </message>
    <message>
        <source>Nothing in the answer points to %1</source>
        <translation>应答中没有指向 %1 的内容</translation>
    </message>
    <message>
        <source>The TLS handshake was not reached</source>
        <translation>没有到达 TLS 握手</translation>
    </message>
    <message>
        <source>This connection does not use TLS</source>
        <translation>此连接不使用 TLS</translation>
    </message>
    <message>
        <source>No certificate came</source>
        <translation>没有收到证书</translation>
    </message>
    <message>
        <source>Nothing was agreed on: no ServerHello passed</source>
        <translation>没有达成任何协商：没有 ServerHello</translation>
    </message>
    <message>
        <source>%1, issued by %2, valid from %3 until %4</source>
        <translation>%1，由 %2 签发，有效期 %3 至 %4</translation>
    </message>
    <message>
        <source>%1 (certificate %2 of the path, error %3)</source>
        <translation>%1（路径中的第 %2 个证书，错误 %3）</translation>
    </message>
    <message>
        <source>The other end connected to us</source>
        <translation>对方连接了我们</translation>
    </message>
    <message>
        <source>TCP was not reached</source>
        <translation>没有到达 TCP</translation>
    </message>
    <message>
        <source>TCP is still being connected</source>
        <translation>TCP 仍在连接</translation>
    </message>
    <message>
        <source>Connecting was cancelled</source>
        <translation>连接被取消</translation>
    </message>
    <message>
        <source>TCP was connected</source>
        <translation>TCP 已连接</translation>
    </message>
    <message>
        <source>%1: connected in %2</source>
        <translation>%1：%2 内连接</translation>
    </message>
    <message>
        <source>%1: %2 after %3</source>
        <translation>%1：%2，%3 之后</translation>
    </message>
    <message>
        <source>%1 of %2 ends at this URL that are needed to tell</source>
        <translation>该 URL 的结束有 %1 个，判断需要 %2 个</translation>
    </message>
    <message>
        <source>This end is no part of a cluster</source>
        <translation>这次结束不属于任何聚集</translation>
    </message>
    <message>
        <source>connection %1 after %2</source>
        <translation>连接 %1，%2 之后</translation>
    </message>
    <message>
        <source>%1 of %2 ends are at about the same age</source>
        <translation>%2 次结束中有 %1 次年龄相近</translation>
    </message>
    <message>
        <source>%1 of %2 ended at an age of %3</source>
        <translation>%2 次中有 %1 次在年龄 %3 时结束</translation>
    </message>
    <message>
        <source>There is no other connection to compare with</source>
        <translation>没有其他连接可比较</translation>
    </message>
    <message>
        <source>connection %1</source>
        <translation>连接 %1</translation>
    </message>
    <message>
        <source>Fewer than %1 connections stood at that moment</source>
        <translation>当时存在的连接少于 %1 个</translation>
    </message>
    <message>
        <source>%1 of %2 ended within %3</source>
        <translation>%2 个中有 %1 个在 %3 内结束</translation>
    </message>
    <message>
        <source>%1 of %2 ended within %3, at several URLs: rather the network here</source>
        <translation>%2 个中有 %1 个在 %3 内结束，涉及多个 URL：更可能是本地网络</translation>
    </message>
    <message>
        <source>%1 of %2 ended within %3, all at one URL: rather a deploy, a reload or a crash</source>
        <translation>%2 个中有 %1 个在 %3 内结束，都属同一 URL：更可能是部署、重载或崩溃</translation>
    </message>
    <message>
        <source>Ends at one age</source>
        <translation>在同一年龄结束</translation>
    </message>
    <message>
        <source>A limit on age or idle time</source>
        <translation>年龄或空闲时间的限制</translation>
    </message>
    <message>
        <source>15 s: Envoy&apos;s route; 60 s: nginx, AWS ALB; 100 s: Cloudflare; 300 s: Envoy, idle; 600 s and 7,200 s: API Gateway; 3,600 s: a maximum age</source>
        <translation>15 s：Envoy 路由；60 s：nginx、AWS ALB；100 s：Cloudflare；300 s：Envoy 空闲；600 s 和 7,200 s：API Gateway；3,600 s：最大年龄</translation>
    </message>
    <message>
        <source>Send heartbeats, or replace connections before that age, each at its own moment.</source>
        <translation>发送心跳，或在该年龄之前更换连接，且各自错开时刻。</translation>
    </message>
    <message>
        <source>Many ends at one moment</source>
        <translation>许多连接同时结束</translation>
    </message>
    <message>
        <source>A deploy, a reload or a crash</source>
        <translation>部署、重载或崩溃</translation>
    </message>
    <message>
        <source>All at one address; a new connection is accepted soon after</source>
        <translation>都在同一地址；不久后新连接即被接受</translation>
    </message>
    <message>
        <source>The network changed here</source>
        <translation>本地网络发生变化</translation>
    </message>
    <message>
        <source>Connections to other servers ended as well</source>
        <translation>到其他服务器的连接也结束了</translation>
    </message>
    <message>
        <source>Drain step by step: stop accepting, then close a few at a time with 1001 or 1012.</source>
        <translation>逐步排空：先停止接受，再分批以 1001 或 1012 关闭。</translation>
    </message>
    <message>
        <source>In Wireshark: %1 (on a port that is not HTTP&apos;s: Decode As, HTTP)</source>
        <translation>在 Wireshark 中：%1（端口不是 HTTP 的端口时：Decode As，HTTP）</translation>
    </message>
    <message>
        <source>The connection is not encrypted</source>
        <translation>连接未加密</translation>
    </message>
    <message>
        <source>--key-log FILE writes the keys of this connection for Wireshark (Preferences, TLS); a Go server writes its own with tls.Config.KeyLogWriter</source>
        <translation>--key-log FILE 为 Wireshark 写出此连接的密钥（Preferences，TLS）；Go 服务器用 tls.Config.KeyLogWriter 写出自己的密钥</translation>
    </message>
    <message>
        <source>Chromium&apos;s Network panel shows the fields of this 101, but neither pings nor pongs</source>
        <translation>Chromium 的 Network 面板显示此 101 的字段，但不显示 ping 和 pong</translation>
    </message>
    <message>
        <source>Chromium&apos;s console has one sentence for this answer and no fields; its NetLog has them: --log-net-log=FILE --net-log-capture-mode=Everything</source>
        <translation>Chromium 的控制台对此应答只有一句话，没有字段；其 NetLog 中有：--log-net-log=FILE --net-log-capture-mode=Everything</translation>
    </message>
    <message>
        <source>This capture was recorded, not imported</source>
        <translation>此捕获是录制的，不是导入的</translation>
    </message>
    <message>
        <source>Answered by %1</source>
        <translation>应答者：%1</translation>
    </message>
    <message>
        <source>A field of your own on the 101 (X-Debug-Upgrade: NAME) proves which process answered</source>
        <translation>在 101 上加一个自己的字段（X-Debug-Upgrade: NAME）可证明是哪个进程应答</translation>
    </message>
    <message>
        <source>TCP was never connected</source>
        <translation>TCP 从未连上</translation>
    </message>
    <message>
        <source>open for %1</source>
        <translation>打开 %1</translation>
    </message>
    <message>
        <source>last read %1 ago</source>
        <translation>最近一次读取在 %1 之前</translation>
    </message>
    <message>
        <source>last write %1 ago</source>
        <translation>最近一次写入在 %1 之前</translation>
    </message>
    <message>
        <source>%1 out, %2 in</source>
        <translation>发出 %1，收到 %2</translation>
    </message>
    <message>
        <source>ping to pong %1</source>
        <translation>ping 到 pong %1</translation>
    </message>
    <message>
        <source>No request of ours was sent</source>
        <translation>我方没有发送请求</translation>
    </message>
    <message>
        <source>The opening handshake succeeded</source>
        <translation>打开握手成功</translation>
    </message>
    <message>
        <source>A filter for Wireshark</source>
        <translation>用于 Wireshark 的过滤器</translation>
    </message>
    <message>
        <source>Use the filter in a capture of the same moment.</source>
        <translation>在同一时刻的抓包中使用此过滤器。</translation>
    </message>
    <message>
        <source>TLS keys for a packet capture</source>
        <translation>供抓包使用的 TLS 密钥</translation>
    </message>
    <message>
        <source>Start the capture before the connection, with the key log on.</source>
        <translation>在连接之前开始抓包，并打开密钥日志。</translation>
    </message>
    <message>
        <source>What a browser&apos;s tools show</source>
        <translation>浏览器工具显示什么</translation>
    </message>
    <message>
        <source>Use NetLog, or this program as the client.</source>
        <translation>使用 NetLog，或以本程序为客户端。</translation>
    </message>
    <message>
        <source>Import of a NetLog</source>
        <translation>导入 NetLog</translation>
    </message>
    <message>
        <source>Connect from here to have the handshake judged.</source>
        <translation>从这里连接，即可评判握手。</translation>
    </message>
    <message>
        <source>Import of a packet capture</source>
        <translation>导入抓包</translation>
    </message>
    <message>
        <source>Connect from here, or let the client connect to the server here.</source>
        <translation>从这里连接，或让客户端连接到这里的服务器。</translation>
    </message>
    <message>
        <source>Which process answered</source>
        <translation>是哪个进程应答</translation>
    </message>
    <message>
        <source>Add the field on the server, and remove it afterwards.</source>
        <translation>在服务器上加此字段，事后删除。</translation>
    </message>
    <message>
        <source>The connection in one line</source>
        <translation>一行说明此连接</translation>
    </message>
    <message>
        <source>Let the server name its instance in a field or in its first message.</source>
        <translation>让服务器在字段或第一条消息中写明其实例。</translation>
    </message>
    <message>
        <source>The same with curl</source>
        <translation>用 curl 重现</translation>
    </message>
    <message>
        <source>Run it where the fault is seen; put in what is masked.</source>
        <translation>在看到故障的地方运行；补上被遮盖的内容。</translation>
    </message>
    <message>
        <source>All clients that were tried open it</source>
        <translation>试过的客户端都会打开</translation>
    </message>
    <message>
        <source>No client opens it: %1</source>
        <translation>没有客户端会打开：%1</translation>
    </message>
    <message>
        <source>%1 fail: %2</source>
        <translation>%1 失败：%2</translation>
    </message>
    <message>
        <source>Which clients open this handshake</source>
        <translation>哪些客户端会打开此握手</translation>
    </message>
    <message>
        <source>The answer differs in a way that one client forgives and another does not</source>
        <translation>应答的差异有的客户端容忍，有的不容忍</translation>
    </message>
    <message>
        <source>Correct what the failing rows above name.</source>
        <translation>改正上面失败的各行所指之处。</translation>
    </message>
    <message>
        <source>The server did not close with 1008</source>
        <translation>服务器没有以 1008 关闭</translation>
    </message>
    <message>
        <source>1008 came %1 after the opening: not the opening&apos;s own check</source>
        <translation>1008 在打开 %1 之后到来：不是打开时的检查</translation>
    </message>
    <message>
        <source>The server accepted, sent %1 data frames, and closed with 1008 after %2</source>
        <translation>服务器接受了，发送了 %1 个数据帧，并在 %2 之后以 1008 关闭</translation>
    </message>
    <message>
        <source>The server accepted and closed with 1008 after %1: clients see an open connection first, and many connect again at once</source>
        <translation>服务器接受后在 %1 之后以 1008 关闭：客户端先看到连接已打开，许多会立即重连</translation>
    </message>
    <message>
        <source>a secret in the URL</source>
        <translation>URL 中的秘密</translation>
    </message>
    <message>
        <source>The connection is encrypted</source>
        <translation>连接已加密</translation>
    </message>
    <message>
        <source>The proxy knows the server&apos;s address, we do not</source>
        <translation>服务器的地址只有代理知道</translation>
    </message>
    <message>
        <source>A proxy before this server may have ended TLS</source>
        <translation>此服务器之前的代理可能已终止 TLS</translation>
    </message>
    <message>
        <source>%1 is no public address</source>
        <translation>%1 不是公网地址</translation>
    </message>
    <message>
        <source>Everyone between here and %1 can read %2</source>
        <translation>从这里到 %1 之间的任何人都能读到%2</translation>
    </message>
    <message>
        <source>Everyone between here and %1 can read and change what passes</source>
        <translation>从这里到 %1 之间的任何人都能读取并更改所传内容</translation>
    </message>
    <message>
        <source>No parameter of the URL looks like a secret</source>
        <translation>URL 的参数都不像秘密</translation>
    </message>
    <message>
        <source>The parameter “%1” carries a secret: URLs end up in logs of servers and proxies</source>
        <translation>参数“%1”带有秘密：URL 会留在服务器和代理的日志中</translation>
    </message>
    <message>
        <source>The 101 sets no cookie</source>
        <translation>101 没有设置 Cookie</translation>
    </message>
    <message>
        <source>A cookie of the 101 is set without %1</source>
        <translation>101 设置的 Cookie 缺少 %1</translation>
    </message>
    <message>
        <source>The cookies of the 101 have Secure, HttpOnly and SameSite</source>
        <translation>101 的 Cookie 带有 Secure、HttpOnly 和 SameSite</translation>
    </message>
    <message>
        <source>No version is told</source>
        <translation>没有透露版本</translation>
    </message>
    <message>
        <source>The answer tells versions: %1</source>
        <translation>应答透露了版本：%1</translation>
    </message>
    <message>
        <source>permessage-deflate is not in use</source>
        <translation>未使用 permessage-deflate</translation>
    </message>
    <message>
        <source>No secret of the application was named</source>
        <translation>没有指明应用的秘密</translation>
    </message>
    <message>
        <source>Refused only after the 101</source>
        <translation>在 101 之后才拒绝</translation>
    </message>
    <message>
        <source>Origin or credentials are checked in the handler of the open connection</source>
        <translation>Origin 或凭据在已打开连接的处理函数中检查</translation>
    </message>
    <message>
        <source>Refuse before the upgrade: 401 or 403 (gorilla: CheckOrigin of the Upgrader; ws: verifyClient or the upgrade event).</source>
        <translation>在升级之前拒绝：401 或 403（gorilla：Upgrader 的 CheckOrigin；ws：verifyClient 或 upgrade 事件）。</translation>
    </message>
    <message>
        <source>Unencrypted to a public address</source>
        <translation>到公网地址未加密</translation>
    </message>
    <message>
        <source>The server, or the proxy before it, has no TLS</source>
        <translation>服务器或其前面的代理没有 TLS</translation>
    </message>
    <message>
        <source>Serve wss:// and redirect http:// with HSTS.</source>
        <translation>提供 wss://，并用 HSTS 重定向 http://。</translation>
    </message>
    <message>
        <source>Secret in the URL</source>
        <translation>URL 中的秘密</translation>
    </message>
    <message>
        <source>Browsers cannot set header fields of the opening request</source>
        <translation>浏览器不能设置打开请求的头字段</translation>
    </message>
    <message>
        <source>Use a cookie, a ticket that is valid once and for at most a minute, or the first message.</source>
        <translation>使用 Cookie、只能用一次且至多一分钟有效的票据，或第一条消息。</translation>
    </message>
    <message>
        <source>Attributes of cookies</source>
        <translation>Cookie 的属性</translation>
    </message>
    <message>
        <source>The framework&apos;s default</source>
        <translation>框架的默认值</translation>
    </message>
    <message>
        <source>Set Secure, HttpOnly and SameSite.</source>
        <translation>设置 Secure、HttpOnly 和 SameSite。</translation>
    </message>
    <message>
        <source>Versions in the answer</source>
        <translation>应答中的版本</translation>
    </message>
    <message>
        <source>The default of server and framework</source>
        <translation>服务器和框架的默认值</translation>
    </message>
    <message>
        <source>Hide them: server_tokens off (nginx), ServerTokens Prod (Apache).</source>
        <translation>隐藏它们：server_tokens off（nginx），ServerTokens Prod（Apache）。</translation>
    </message>
    <message>
        <source>Secrets compressed beside foreign text</source>
        <translation>秘密与外来文本一起压缩</translation>
    </message>
    <message>
        <source>Lengths tell what was guessed right</source>
        <translation>长度会透露猜对了什么</translation>
    </message>
    <message>
        <source>Do not compress messages that hold secrets.</source>
        <translation>不要压缩含有秘密的消息。</translation>
    </message>
    <message>
        <source>Needs metrics of the server, which this capture does not hold</source>
        <translation>需要服务器的指标，此捕获没有</translation>
    </message>
    <message>
        <source>Needs a log or profile of the server, which this capture does not hold</source>
        <translation>需要服务器的日志或性能剖析，此捕获没有</translation>
    </message>
    <message>
        <source>Shift of the allocation rate</source>
        <translation>内存分配速率的变化</translation>
    </message>
    <message>
        <source>A slow leak or a hot loop</source>
        <translation>缓慢泄漏或热循环</translation>
    </message>
    <message>
        <source>Take a heap and a goroutine profile.</source>
        <translation>做一次堆和 goroutine 剖析。</translation>
    </message>
    <message>
        <source>Pauses of the garbage collector</source>
        <translation>垃圾回收的停顿</translation>
    </message>
    <message>
        <source>Allocations for each message; a large heap</source>
        <translation>每条消息都分配内存；堆很大</translation>
    </message>
    <message>
        <source>sync.Pool for message buffers; GOGC.</source>
        <translation>为消息缓冲区使用 sync.Pool；调整 GOGC。</translation>
    </message>
    <message>
        <source>The server&apos;s count of connections</source>
        <translation>服务器的连接计数</translation>
    </message>
    <message>
        <source>A connection is not unregistered; half-open ones remain</source>
        <translation>连接没有注销；留下半开的连接</translation>
    </message>
    <message>
        <source>Unregister in a defer; set deadlines.</source>
        <translation>在 defer 中注销；设置期限。</translation>
    </message>
    <message>
        <source>File descriptors of the server</source>
        <translation>服务器的文件描述符</translation>
    </message>
    <message>
        <source>A leak, or a low limit</source>
        <translation>泄漏，或限制过低</translation>
    </message>
    <message>
        <source>Raise LimitNOFILE; close what ended.</source>
        <translation>提高 LimitNOFILE；关闭已结束的连接。</translation>
    </message>
    <message>
        <source>Queue behind the server</source>
        <translation>服务器后面的队列</translation>
    </message>
    <message>
        <source>A slow consumer or slow storage</source>
        <translation>消费者慢或存储慢</translation>
    </message>
    <message>
        <source>Divide the stream.</source>
        <translation>拆分该流。</translation>
    </message>
    <message>
        <source>Processor of the server</source>
        <translation>服务器的处理器</translation>
    </message>
    <message>
        <source>One hot shard</source>
        <translation>某个分片过热</translation>
    </message>
    <message>
        <source>Move connections to another instance.</source>
        <translation>把连接移到另一个实例。</translation>
    </message>
    <message>
        <source>The request as the server saw it</source>
        <translation>服务器看到的请求</translation>
    </message>
    <message>
        <source>A hop changed the handshake&apos;s fields</source>
        <translation>某一跳更改了握手字段</translation>
    </message>
    <message>
        <source>Correct the hop that changes them.</source>
        <translation>改正更改字段的那一跳。</translation>
    </message>
    <message>
        <source>Where the server blocks</source>
        <translation>服务器在何处阻塞</translation>
    </message>
    <message>
        <source>Locks, channels or the network</source>
        <translation>锁、通道或网络</translation>
    </message>
    <message>
        <source>Read the trace&apos;s blocking profile.</source>
        <translation>查看 trace 的阻塞剖析。</translation>
    </message>
    <message>
        <source>The URL is not known</source>
        <translation>URL 未知</translation>
    </message>
    <message>
        <source>The URL cannot be read</source>
        <translation>URL 无法读取</translation>
    </message>
    <message>
        <source>The scheme is %1</source>
        <translation>协议名是 %1</translation>
    </message>
    <message>
        <source>%1 stands for %2 in browsers and ws; gorilla and websockets (Python) refuse it</source>
        <translation>在浏览器和 ws 中 %1 等于 %2；gorilla 和 websockets（Python）会拒绝</translation>
    </message>
    <message>
        <source>%1 leads to a Unix socket: tools know it, browsers do not</source>
        <translation>%1 通向 Unix 套接字：工具认识，浏览器不认识</translation>
    </message>
    <message>
        <source>%1 is no scheme of WebSocket</source>
        <translation>%1 不是 WebSocket 的协议名</translation>
    </message>
    <message>
        <source>No fragment</source>
        <translation>没有片段</translation>
    </message>
    <message>
        <source>A fragment at character %1: browsers throw a SyntaxError</source>
        <translation>第 %1 个字符处有片段：浏览器抛出 SyntaxError</translation>
    </message>
    <message>
        <source>No user name or password in the URL</source>
        <translation>URL 中没有用户名或密码</translation>
    </message>
    <message>
        <source>The URL carries credentials: gorilla refuses it, ws and websockets (Python) send Basic, browsers open it</source>
        <translation>URL 带有凭据：gorilla 拒绝，ws 和 websockets（Python）发送 Basic，浏览器会打开</translation>
    </message>
    <message>
        <source>A Unix socket has no port</source>
        <translation>Unix 套接字没有端口</translation>
    </message>
    <message>
        <source>Browsers connect to port %1</source>
        <translation>浏览器会连接端口 %1</translation>
    </message>
    <message>
        <source>Browsers refuse to connect to port %1</source>
        <translation>浏览器拒绝连接端口 %1</translation>
    </message>
    <message>
        <source>No page is named: the request has no Origin</source>
        <translation>没有指明页面：请求没有 Origin</translation>
    </message>
    <message>
        <source>The page %1 is not a secure one</source>
        <translation>页面 %1 不是安全页面</translation>
    </message>
    <message>
        <source>A secure page opens a secure connection</source>
        <translation>安全页面打开安全连接</translation>
    </message>
    <message>
        <source>The host is this machine: browsers let it through</source>
        <translation>主机就是本机：浏览器放行</translation>
    </message>
    <message>
        <source>The page %1 is secure, the connection is not: browsers block it</source>
        <translation>页面 %1 是安全的，连接却不是：浏览器会阻止</translation>
    </message>
    <message>
        <source>The request target has %1: Apache and nginx refuse the line</source>
        <translation>请求目标有 %1：Apache 和 nginx 会拒绝该行</translation>
    </message>
    <message>
        <source>The request target has %1: more than API Gateway takes</source>
        <translation>请求目标有 %1：超过 API Gateway 的限制</translation>
    </message>
    <message>
        <source>The request target has %1</source>
        <translation>请求目标有 %1</translation>
    </message>
    <message>
        <source>Scheme of the URL</source>
        <translation>URL 的协议名</translation>
    </message>
    <message>
        <source>A URL taken from a browser&apos;s address bar, or mistyped</source>
        <translation>从浏览器地址栏取来的 URL，或输入有误</translation>
    </message>
    <message>
        <source>Write ws:// or wss://.</source>
        <translation>写 ws:// 或 wss://。</translation>
    </message>
    <message>
        <source>Fragment in the URL</source>
        <translation>URL 中的片段</translation>
    </message>
    <message>
        <source>The hash of a page&apos;s router was pasted with the URL</source>
        <translation>页面路由的井号部分随 URL 一起粘贴了</translation>
    </message>
    <message>
        <source>Leave out the # and all behind it.</source>
        <translation>去掉 # 及其后的全部内容。</translation>
    </message>
    <message>
        <source>Credentials inside the URL</source>
        <translation>URL 中的凭据</translation>
    </message>
    <message>
        <source>A habit from Basic authentication</source>
        <translation>Basic 认证的旧习惯</translation>
    </message>
    <message>
        <source>Send Authorization as a header field, or a short-lived ticket.</source>
        <translation>以头字段发送 Authorization，或使用短期票据。</translation>
    </message>
    <message>
        <source>Port that browsers block</source>
        <translation>浏览器阻止的端口</translation>
    </message>
    <message>
        <source>The service was put on a port of X11, IRC or mail</source>
        <translation>服务放在了 X11、IRC 或邮件的端口上</translation>
    </message>
    <message>
        <source>Use 443, or a port outside that list.</source>
        <translation>使用 443，或该列表之外的端口。</translation>
    </message>
    <message>
        <source>Secure page, insecure connection</source>
        <translation>安全页面，不安全的连接</translation>
    </message>
    <message>
        <source>TLS was added to the site but not to its WebSocket</source>
        <translation>网站加了 TLS，它的 WebSocket 没有</translation>
    </message>
    <message>
        <source>Serve wss:// (the proxy can end TLS).</source>
        <translation>提供 wss://（可由代理终止 TLS）。</translation>
    </message>
    <message>
        <source>Length of the request target</source>
        <translation>请求目标的长度</translation>
    </message>
    <message>
        <source>A token or state packed into the query</source>
        <translation>令牌或状态塞进了查询串</translation>
    </message>
    <message>
        <source>Move it to a header field, a cookie or the first message.</source>
        <translation>把它移到头字段、Cookie 或第一条消息中。</translation>
    </message>
    <message>
        <source>no answer before TCP ended</source>
        <translation>TCP 结束之前没有应答</translation>
    </message>
    <message>
        <source>TCP ended inside the head</source>
        <translation>TCP 在头部中间结束</translation>
    </message>
    <message>
        <source>an answer that is not HTTP</source>
        <translation>不是 HTTP 的应答</translation>
    </message>
    <message>
        <source>octets before the status line</source>
        <translation>状态行之前有字节</translation>
    </message>
    <message>
        <source>up to three stray octets before the status line</source>
        <translation>状态行之前有至多三个杂散字节</translation>
    </message>
    <message>
        <source>NUL octets before the status line</source>
        <translation>状态行之前有 NUL 字节</translation>
    </message>
    <message>
        <source>an empty line before the status line</source>
        <translation>状态行之前有空行</translation>
    </message>
    <message>
        <source>a 1xx answer before the 101</source>
        <translation>101 之前有 1xx 应答</translation>
    </message>
    <message>
        <source>HTTP/1.0 in the status line</source>
        <translation>状态行中是 HTTP/1.0</translation>
    </message>
    <message>
        <source>an HTTP version other than 1.1 in the status line</source>
        <translation>状态行中不是 HTTP/1.1</translation>
    </message>
    <message>
        <source>no space after the status code</source>
        <translation>状态码之后没有空格</translation>
    </message>
    <message>
        <source>a redirect</source>
        <translation>重定向</translation>
    </message>
    <message>
        <source>a redirect to an http URL</source>
        <translation>重定向到 http URL</translation>
    </message>
    <message>
        <source>401 Unauthorized</source>
        <translation>401 Unauthorized</translation>
    </message>
    <message>
        <source>407 Proxy Authentication Required</source>
        <translation>407 Proxy Authentication Required</translation>
    </message>
    <message>
        <source>a status other than 101</source>
        <translation>状态不是 101</translation>
    </message>
    <message>
        <source>no Upgrade field</source>
        <translation>没有 Upgrade 字段</translation>
    </message>
    <message>
        <source>Upgrade names more than websocket</source>
        <translation>Upgrade 不只写了 websocket</translation>
    </message>
    <message>
        <source>Upgrade on two lines</source>
        <translation>Upgrade 占两行</translation>
    </message>
    <message>
        <source>no Connection field</source>
        <translation>没有 Connection 字段</translation>
    </message>
    <message>
        <source>Connection does not contain Upgrade</source>
        <translation>Connection 不包含 Upgrade</translation>
    </message>
    <message>
        <source>Connection contains more than Upgrade</source>
        <translation>Connection 不只写了 Upgrade</translation>
    </message>
    <message>
        <source>no Sec-WebSocket-Accept field</source>
        <translation>没有 Sec-WebSocket-Accept 字段</translation>
    </message>
    <message>
        <source>Sec-WebSocket-Accept does not belong to the key</source>
        <translation>Sec-WebSocket-Accept 与 key 不符</translation>
    </message>
    <message>
        <source>Sec-WebSocket-Accept has lost its case</source>
        <translation>Sec-WebSocket-Accept 丢失了大小写</translation>
    </message>
    <message>
        <source>Sec-WebSocket-Accept twice, both right</source>
        <translation>Sec-WebSocket-Accept 出现两次，都正确</translation>
    </message>
    <message>
        <source>Sec-WebSocket-Accept twice, the second wrong</source>
        <translation>Sec-WebSocket-Accept 出现两次，第二个错误</translation>
    </message>
    <message>
        <source>lines that end with LF alone</source>
        <translation>行只以 LF 结尾</translation>
    </message>
    <message>
        <source>a space before a colon</source>
        <translation>冒号前有空格</translation>
    </message>
    <message>
        <source>a folded line</source>
        <translation>折叠行</translation>
    </message>
    <message>
        <source>a line without a colon</source>
        <translation>某一行没有冒号</translation>
    </message>
    <message>
        <source>a line of more than 8,192 octets</source>
        <translation>有一行超过 8,192 字节</translation>
    </message>
    <message>
        <source>a head of more than 16 KiB</source>
        <translation>头部超过 16 KiB</translation>
    </message>
    <message>
        <source>a head of more than 64 KiB</source>
        <translation>头部超过 64 KiB</translation>
    </message>
    <message>
        <source>a head of more than 256 KiB</source>
        <translation>头部超过 256 KiB</translation>
    </message>
    <message>
        <source>more than 100 fields</source>
        <translation>超过 100 个字段</translation>
    </message>
    <message>
        <source>more than 128 fields</source>
        <translation>超过 128 个字段</translation>
    </message>
    <message>
        <source>an extension that nobody offers</source>
        <translation>没有人提供的扩展</translation>
    </message>
    <message>
        <source>an empty Sec-WebSocket-Extensions</source>
        <translation>空的 Sec-WebSocket-Extensions</translation>
    </message>
    <message>
        <source>permessage-deflate without both no_context_takeover parameters</source>
        <translation>permessage-deflate 没有同时带两个 no_context_takeover 参数</translation>
    </message>
    <message>
        <source>permessage-deflate with an illegal parameter</source>
        <translation>permessage-deflate 带有非法参数</translation>
    </message>
    <message>
        <source>a subprotocol although none was offered</source>
        <translation>没有提供子协议却给出了一个</translation>
    </message>
    <message>
        <source>an empty Sec-WebSocket-Protocol although none was offered</source>
        <translation>没有提供子协议却有空的 Sec-WebSocket-Protocol</translation>
    </message>
    <message>
        <source>none of the offered subprotocols</source>
        <translation>所提供的子协议一个也没选</translation>
    </message>
    <message>
        <source>an offered subprotocol in another letter case</source>
        <translation>所提供的子协议以另一种大小写返回</translation>
    </message>
    <message>
        <source>a subprotocol that was not offered</source>
        <translation>没有提供过的子协议</translation>
    </message>
    <message>
        <source>octets after the head that are no frame</source>
        <translation>头部之后的字节不是帧</translation>
    </message>
    <message>
        <source>error, then close 1006</source>
        <translation>error，然后 close 1006</translation>
    </message>
    <message>
        <source>error, then close 1006; its console says “%1”</source>
        <translation>error，然后 close 1006；其控制台写“%1”</translation>
    </message>
    <message>
        <source>Dial returns an error</source>
        <translation>Dial 返回错误</translation>
    </message>
    <message>
        <source>Dial returns “%1”</source>
        <translation>Dial 返回“%1”</translation>
    </message>
    <message>
        <source>error “%1”, then close 1006</source>
        <translation>error“%1”，然后 close 1006</translation>
    </message>
    <message>
        <source>connect() raises an exception</source>
        <translation>connect() 抛出异常</translation>
    </message>
    <message>
        <source>connect() raises “%1”</source>
        <translation>connect() 抛出“%1”</translation>
    </message>
    <message>
        <source>errorOccurred; closeCode() stays 1000</source>
        <translation>errorOccurred；closeCode() 仍为 1000</translation>
    </message>
    <message>
        <source>errorOccurred “%1”; closeCode() stays 1000</source>
        <translation>errorOccurred“%1”；closeCode() 仍为 1000</translation>
    </message>
    <message>
        <source>an open connection</source>
        <translation>连接已打开</translation>
    </message>
    <message>
        <source>an open connection, then an error</source>
        <translation>连接已打开，随后出错</translation>
    </message>
    <message>
        <source>nothing yet: it follows the redirect</source>
        <translation>暂时没有：它跟随重定向</translation>
    </message>
    <message>
        <source>an error</source>
        <translation>一个错误</translation>
    </message>
    <message>
        <source>close %1</source>
        <translation>close %1</translation>
    </message>
    <message>
        <source>opens</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>opens, then fails</source>
        <translation>打开，随后失败</translation>
    </message>
    <message>
        <source>follows</source>
        <translation>跟随</translation>
    </message>
    <message>
        <source>fails</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>We</source>
        <comment>began a sentence: We ended it</comment>
        <translation>我方</translation>
    </message>
    <message>
        <source>The server</source>
        <translation>服务器</translation>
    </message>
    <message>
        <source>The client</source>
        <translation>客户端</translation>
    </message>
    <message>
        <source>without a code</source>
        <translation>没有关闭码</translation>
    </message>
    <message>
        <source>%1, “%2”</source>
        <translation>%1，“%2”</translation>
    </message>
    <message>
        <source>Open for</source>
        <translation>打开时长</translation>
    </message>
    <message>
        <source>Last frame sent</source>
        <translation>最后发出的帧</translation>
    </message>
    <message>
        <source>Last frame received</source>
        <translation>最后收到的帧</translation>
    </message>
    <message>
        <source>%1 before the end</source>
        <translation>结束前 %1</translation>
    </message>
    <message>
        <source>after the end</source>
        <translation>结束之后</translation>
    </message>
    <message>
        <source>First Close</source>
        <translation>第一个 Close</translation>
    </message>
    <message>
        <source>none from either side</source>
        <translation>双方都没有</translation>
    </message>
    <message>
        <source>%1: %2, %3</source>
        <translation>%1：%2，%3</translation>
    </message>
    <message>
        <source>Answer to it</source>
        <translation>对它的应答</translation>
    </message>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
    <message>
        <source>after %1</source>
        <translation>%1 之后</translation>
    </message>
    <message>
        <source>no end was seen</source>
        <translation>没有看到结束</translation>
    </message>
    <message>
        <source>%1, %2, %3</source>
        <translation>%1，%2，%3</translation>
    </message>
    <message>
        <source>Last ping</source>
        <translation>最后一个 ping</translation>
    </message>
    <message>
        <source>not answered</source>
        <translation>没有应答</translation>
    </message>
    <message>
        <source>answered after %1</source>
        <translation>%1 之后应答</translation>
    </message>
    <message>
        <source>Silence before the end</source>
        <translation>结束前的静默</translation>
    </message>
    <message>
        <source>TLS close_notify</source>
        <translation>TLS close_notify</translation>
    </message>
    <message>
        <source>not received</source>
        <translation>未收到</translation>
    </message>
    <message>
        <source>RTT %1</source>
        <translation>往返 %1</translation>
    </message>
    <message>
        <source>%1 segments sent again</source>
        <translation>重传了 %1 个段</translation>
    </message>
    <message>
        <source>%1 segments not acknowledged</source>
        <translation>%1 个段未被确认</translation>
    </message>
    <message>
        <source>The kernel&apos;s last word</source>
        <translation>内核最后的说法</translation>
    </message>
    <message>
        <source>%1 of %2 ended %3 after the last octet: an idle limit between you and the other side</source>
        <translation>%2 次中有 %1 次在最后一个字节之后 %3 结束：你与对方之间有空闲限制</translation>
    </message>
    <message>
        <source>%1 of %2 ended %3 after they had opened, busy or not: a limit on age</source>
        <translation>%2 次中有 %1 次在打开之后 %3 结束，无论忙闲：有年龄限制</translation>
    </message>
    <message>
        <source>It never came about: %1.</source>
        <translation>连接从未建立：%1。</translation>
    </message>
    <message>
        <source>We ended it, because the answer is no valid opening handshake: %1.</source>
        <translation>我方结束了它，因为应答不是有效的打开握手：%1。</translation>
    </message>
    <message>
        <source>%1 before the opening handshake was done.</source>
        <translation>打开握手完成之前：%1。</translation>
    </message>
    <message>
        <source>The server&apos;s own log tells whether the request reached it.</source>
        <translation>服务器自己的日志可说明请求是否到达。</translation>
    </message>
    <message>
        <source>We gave up before the opening handshake was done.</source>
        <translation>打开握手完成之前我方放弃了。</translation>
    </message>
    <message>
        <source>%1 refused the upgrade with %2.</source>
        <translation>%1以 %2 拒绝了升级。</translation>
    </message>
    <message>
        <source>A proxy sends these codes as well: an attempt past it (--direct) tells.</source>
        <translation>代理也会发送这些状态：绕过代理再试一次（--direct）即可知道。</translation>
    </message>
    <message>
        <source>a limit or a time-out of ours</source>
        <translation>我方的限制或超时</translation>
    </message>
    <message>
        <source>We ended it, because of what %1 did: %2.</source>
        <translation>我方结束了它，因为%1的行为：%2。</translation>
    </message>
    <message>
        <source>the client</source>
        <translation>客户端</translation>
    </message>
    <message>
        <source>the server</source>
        <translation>服务器</translation>
    </message>
    <message>
        <source>%1 closed it: %2.</source>
        <translation>%1关闭了它：%2。</translation>
    </message>
    <message>
        <source>%1 The answer to this Close never came.</source>
        <translation>%1 对此 Close 的应答始终没有到来。</translation>
    </message>
    <message>
        <source>1014 is sent by gateways: their log names the server that failed.</source>
        <translation>1014 由网关发送：其日志写明是哪个服务器出错。</translation>
    </message>
    <message>
        <source>Nobody said so: what we sent was no longer acknowledged, until TCP gave up.</source>
        <translation>没有谁说明：我方发出的内容不再被确认，直到 TCP 放弃。</translation>
    </message>
    <message>
        <source>A capture on the other side tells whether our segments arrived there.</source>
        <translation>在对方抓包可知我方的段是否到达。</translation>
    </message>
    <message>
        <source>TCP failed on the way: %1.</source>
        <translation>TCP 在途中失败：%1。</translation>
    </message>
    <message>
        <source>A time-out of a proxy or of %1: FIN without a Close, each time after %2 of silence.</source>
        <translation>代理或%1的超时：每次在静默 %2 之后收到 FIN，没有 Close。</translation>
    </message>
    <message>
        <source>An attempt past the proxy (--direct): where the cut stays, it is the server&apos;s own deadline.</source>
        <translation>绕过代理再试一次（--direct）：若仍被切断，就是服务器自己的期限。</translation>
    </message>
    <message>
        <source>A limit on age, of a proxy or of %1: FIN without a Close, each time at %2.</source>
        <translation>代理或%1的年龄限制：每次在 %2 时收到 FIN，没有 Close。</translation>
    </message>
    <message>
        <source>The configuration of each hop: maximum connection age, stream duration.</source>
        <translation>各跳的配置：最大连接年龄、流时长。</translation>
    </message>
    <message>
        <source>%1, or a proxy between, ended TCP without a Close after %2 of silence.</source>
        <translation>%1或其间的代理在静默 %2 之后结束了 TCP，没有 Close。</translation>
    </message>
    <message>
        <source>Let it happen again: the same silence each time means a time-out; with pings in the gap it must not happen.</source>
        <translation>让它再发生一次：每次静默相同即为超时；间隔中有 ping 时则不应发生。</translation>
    </message>
    <message>
        <source>%1, or a proxy between, ended TCP without a Close while data still passed.</source>
        <translation>%1或其间的代理在数据仍在传输时结束了 TCP，没有 Close。</translation>
    </message>
    <message>
        <source>The server&apos;s log at that moment: a crash, a return from the handler, a deploy. Where it shows nothing, ask the proxy&apos;s.</source>
        <translation>服务器当时的日志：崩溃、处理函数返回、部署。若没有，则查代理的日志。</translation>
    </message>
    <message>
        <source>Reset after %1 of silence: something on the way, or %2, had forgotten the connection.</source>
        <translation>静默 %1 之后被复位：途中某处或%2已忘记此连接。</translation>
    </message>
    <message>
        <source>A capture on the server: where no RST leaves it, a NAT or firewall sent it.</source>
        <translation>在服务器上抓包：若 RST 不是从那里发出，就是 NAT 或防火墙发的。</translation>
    </message>
    <message>
        <source>%1, or something between, reset TCP without a Close.</source>
        <translation>%1或其间某处复位了 TCP，没有 Close。</translation>
    </message>
    <message>
        <source>A process that ends or closes with unread octets resets: its log and exit code. A capture on the server tells whether the RST left it.</source>
        <translation>进程退出或带着未读字节关闭时会复位：查其日志和退出码。在服务器上抓包可知 RST 是否由它发出。</translation>
    </message>
    <message>
        <source>We ended TCP without a Close.</source>
        <translation>我方结束了 TCP，没有 Close。</translation>
    </message>
    <message>
        <source>The records stop without an end.</source>
        <translation>记录到此为止，没有结束。</translation>
    </message>
    <message>
        <source>certain</source>
        <translation>确定</translation>
    </message>
    <message>
        <source>likely</source>
        <translation>可能</translation>
    </message>
    <message>
        <source>not decided</source>
        <translation>尚无定论</translation>
    </message>
    <message>
        <source>Left out as asked for</source>
        <translation>按要求略去</translation>
    </message>
    <message>
        <source>accepted by the baseline: %1</source>
        <translation>基线已接受：%1</translation>
    </message>
    <message>
        <source>explained by %1: %2</source>
        <translation>由 %1 解释：%2</translation>
    </message>
    <message>
        <source>↑ sent   ↓ received</source>
        <translation>↑ 发出   ↓ 收到</translation>
    </message>
    <message>
        <source>open</source>
        <translation>已打开</translation>
    </message>
    <message>
        <source>end</source>
        <translation>结束</translation>
    </message>
    <message>
        <source>%1 of silence</source>
        <translation>静默 %1</translation>
    </message>
    <message>
        <source>The timeline of the connection</source>
        <translation>连接的时间线</translation>
    </message>
    <message>
        <source>Fix: %1</source>
        <translation>修复：%1</translation>
    </message>
    <message>
        <source>in the baseline</source>
        <translation>在基线中</translation>
    </message>
    <message>
        <source>explained by %1</source>
        <translation>由 %1 解释</translation>
    </message>
    <message>
        <source>The list of checks is not a list.</source>
        <translation>检查列表不是列表。</translation>
    </message>
    <message>
        <source>Each entry needs an &quot;id&quot; with the name of a check.</source>
        <translation>每一项都需要 &quot;id&quot;，即检查的名称。</translation>
    </message>
    <message>
        <source>The &quot;verdict&quot; of %1 is neither &quot;warn&quot; nor &quot;fail&quot;.</source>
        <translation>%1 的 &quot;verdict&quot; 既不是 &quot;warn&quot; 也不是 &quot;fail&quot;。</translation>
    </message>
    <message>
        <source>The file is larger than 16 MiB: that is no baseline.</source>
        <translation>文件大于 16 MiB：这不是基线。</translation>
    </message>
    <message>
        <source>It is not a JSON object with &quot;schema&quot;: 1.</source>
        <translation>它不是带有 &quot;schema&quot;: 1 的 JSON 对象。</translation>
    </message>
    <message>
        <source>It has neither &quot;accepted&quot; nor the findings of a report.</source>
        <translation>它既没有 &quot;accepted&quot;，也没有报告的检查结果。</translation>
    </message>
    <message>
        <source>It is not JSON: %1</source>
        <translation>它不是 JSON：%1</translation>
    </message>
    <message>
        <source>The first frames are as they should be</source>
        <translation>最初的帧都正常</translation>
    </message>
    <message>
        <source>A frame is wrong right after the opening; a connection to another path of this host, which would tell, is not in this capture</source>
        <translation>刚打开就有一个帧出错；此捕获中没有到该主机另一路径的连接可供比较</translation>
    </message>
    <message>
        <source>%1 right after the opening, while %2 works</source>
        <translation>刚打开就出现：%1，而 %2 正常</translation>
    </message>
    <message>
        <source>Two servers on one connection</source>
        <translation>一个连接上有两个服务器</translation>
    </message>
    <message>
        <source>Two listeners take the same upgrade: a framework&apos;s and the application&apos;s, or a development server&apos;s</source>
        <translation>两个监听者接管了同一次升级：框架的和应用的，或开发服务器的</translation>
    </message>
    <message>
        <source>Only this path or port is broken; without one of the two it works</source>
        <translation>只有此路径或端口出错；去掉其中之一即正常</translation>
    </message>
    <message>
        <source>Give each a path of its own (ws: noServer, and one upgrade listener that decides).</source>
        <translation>各用自己的路径（ws：noServer，并由一个 upgrade 监听者决定）。</translation>
    </message>
    <message>
        <source>the client begins with connection_init; the server closes with 4408 without it</source>
        <translation>客户端以 connection_init 开始；没有它服务器会以 4408 关闭</translation>
    </message>
    <message>
        <source>the older GraphQL protocol; the newer one is called graphql-transport-ws</source>
        <translation>较旧的 GraphQL 协议；新的名为 graphql-transport-ws</translation>
    </message>
    <message>
        <source>no heartbeat of its own</source>
        <translation>没有自己的心跳</translation>
    </message>
    <message>
        <source>heart-beat of CONNECT sets its own heartbeat</source>
        <translation>CONNECT 的 heart-beat 设定其自己的心跳</translation>
    </message>
    <message>
        <source>Keep Alive of CONNECT sets its own heartbeat; binary messages only</source>
        <translation>CONNECT 的 Keep Alive 设定其自己的心跳；只用二进制消息</translation>
    </message>
    <message>
        <source>the client begins with HELLO</source>
        <translation>客户端以 HELLO 开始</translation>
    </message>
    <message>
        <source>Heartbeat and WebSocketPingInterval set its heartbeats</source>
        <translation>Heartbeat 和 WebSocketPingInterval 设定其心跳</translation>
    </message>
    <message>
        <source>the server sends {&quot;type&quot;:&quot;ping&quot;} every 3 s, as text</source>
        <translation>服务器每 3 s 以文本发送 {&quot;type&quot;:&quot;ping&quot;}</translation>
    </message>
    <message>
        <source>the client begins with an &lt;open/&gt; element (RFC 7395)</source>
        <translation>客户端以 &lt;open/&gt; 元素开始（RFC 7395）</translation>
    </message>
    <message>
        <source>Engine.IO %1, as Socket.IO uses it: its own pings, as text, every 25 s; it gives up after 20 s more</source>
        <translation>Engine.IO %1，即 Socket.IO 所用：每 25 s 以文本发送自己的 ping；再过 20 s 无应答即放弃</translation>
    </message>
    <message>
        <source>%1 (%2): %3</source>
        <translation>%1（%2）：%3</translation>
    </message>
    <message>
        <source>No framework is known by the subprotocol or the URL</source>
        <translation>子协议和 URL 都看不出框架</translation>
    </message>
    <message>
        <source>Framework inside WebSocket</source>
        <translation>WebSocket 内的框架</translation>
    </message>
    <message>
        <source>Talk to it with its own client, or as its protocol asks.</source>
        <translation>用它自己的客户端，或按其协议与它交谈。</translation>
    </message>
    <message>
        <source>The server said that it leaves: %1</source>
        <translation>服务器说明了它要离开：%1</translation>
    </message>
    <message>
        <source>No deploy is declared (setting %1), and no Close spoke of one</source>
        <translation>没有声明部署（设置 %1），也没有 Close 提到部署</translation>
    </message>
    <message>
        <source>It did not end by the server within %1 of the deploy</source>
        <translation>它没有在部署后 %1 之内由服务器结束</translation>
    </message>
    <message>
        <source>The deploy ended it with %1, which does not speak of leaving</source>
        <translation>部署以 %1 结束了它，而这个代码并不表示离开</translation>
    </message>
    <message>
        <source>The deploy ended it with a Close without a code</source>
        <translation>部署以没有代码的 Close 结束了它</translation>
    </message>
    <message>
        <source>The deploy ended TCP %1 after it began, without a Close</source>
        <translation>部署开始 %1 后结束了 TCP，没有 Close</translation>
    </message>
    <message>
        <source>Kubernetes and systemd stop a program with SIGTERM: that is the signal on which to send 1001 to every socket</source>
        <translation>Kubernetes 和 systemd 用 SIGTERM 停止程序：收到这个信号时应向每个套接字发送 1001</translation>
    </message>
    <message>
        <source>No reload of a proxy is declared (setting %1)</source>
        <translation>没有声明代理的重新加载（设置 %1）</translation>
    </message>
    <message>
        <source>It did not end by the other side within %1 of the reload</source>
        <translation>它没有在重新加载后 %1 之内由对方结束</translation>
    </message>
    <message>
        <source>%1 of %2 ended within %3, %4 after the reload</source>
        <translation>%2 个中有 %1 个在 %3 内结束，在重新加载后 %4</translation>
    </message>
    <message>
        <source>A deploy ends connections without a word</source>
        <translation>部署不打招呼就结束连接</translation>
    </message>
    <message>
        <source>`Shutdown` of Go&apos;s net/http leaves hijacked connections alone: they end with the program</source>
        <translation>Go 的 net/http 的 `Shutdown` 不管已接管的连接：它们随程序一起结束</translation>
    </message>
    <message>
        <source>FIN comes at the moment the program exits</source>
        <translation>FIN 在程序退出的那一刻到来</translation>
    </message>
    <message>
        <source>The program was killed after its grace period</source>
        <translation>程序在宽限期之后被强行结束</translation>
    </message>
    <message>
        <source>The end comes a round time after the deploy began: 30 s</source>
        <translation>结束发生在部署开始后的整数时间：30 s</translation>
    </message>
    <message>
        <source>On SIGTERM send Close 1001 (or 1012) to each socket, in Go from `RegisterOnShutdown`, and wait for the answers.</source>
        <translation>收到 SIGTERM 时向每个套接字发送 Close 1001（或 1012），在 Go 中由 `RegisterOnShutdown` 发送，并等待应答。</translation>
    </message>
    <message>
        <source>All clients are let go at once</source>
        <translation>所有客户端被同时放走</translation>
    </message>
    <message>
        <source>One loop closes every socket</source>
        <translation>一个循环关闭所有套接字</translation>
    </message>
    <message>
        <source>Spread the Closes over the drain window, with chance.</source>
        <translation>把 Close 随机分散到整个排空时间内。</translation>
    </message>
    <message>
        <source>Signal that stops the server</source>
        <translation>停止服务器的信号</translation>
    </message>
    <message>
        <source>Handle SIGTERM, with a preStop hook where the balancer needs time.</source>
        <translation>处理 SIGTERM；均衡器需要时间时再加 preStop 钩子。</translation>
    </message>
    <message>
        <source>The reload of a proxy cut connections</source>
        <translation>代理重新加载切断了连接</translation>
    </message>
    <message>
        <source>nginx ends its old workers at `worker_shutdown_timeout` (ingress-nginx: 240 s)</source>
        <translation>nginx 在 `worker_shutdown_timeout` 时结束旧的工作进程（ingress-nginx：240 s）</translation>
    </message>
    <message>
        <source>All end that time after the reload, together</source>
        <translation>所有连接都在重新加载后的这段时间一起结束</translation>
    </message>
    <message>
        <source>Raise `worker_shutdown_timeout`, and let clients come back with chance in their delays.</source>
        <translation>调大 `worker_shutdown_timeout`，并让客户端以随机延迟重新连接。</translation>
    </message>
    <message>
        <source>That Safari, WKWebView or URLSession are among the clients is not declared (setting %1)</source>
        <translation>没有声明客户端中有 Safari、WKWebView 或 URLSession（设置 %1）</translation>
    </message>
    <message>
        <source>permessage-deflate is agreed, and Apple clients are declared</source>
        <translation>已商定 permessage-deflate，并且声明了 Apple 客户端</translation>
    </message>
    <message>
        <source>Messages came over %1 s only; judged from %2 s on</source>
        <translation>消息只来了 %1 s；从 %2 s 起才判断</translation>
    </message>
    <message>
        <source>Index of dispersion %1 over %2 s; longest gap %3</source>
        <translation>%2 s 内的离散指数为 %1；最长间隔 %3</translation>
    </message>
    <message>
        <source>after the longest gap</source>
        <translation>最长间隔之后</translation>
    </message>
    <message>
        <source>Messages come in bursts</source>
        <translation>消息成批到来</translation>
    </message>
    <message>
        <source>The application collects messages and sends them together</source>
        <translation>应用把消息攒起来一起发送</translation>
    </message>
    <message>
        <source>The gaps are alike: a timer of the application</source>
        <translation>间隔都一样：是应用的定时器</translation>
    </message>
    <message>
        <source>Something between holds them back, or packets were lost</source>
        <translation>中间有东西扣住了它们，或者丢了包</translation>
    </message>
    <message>
        <source>The gaps differ; retransmits count up; past the proxy there are none</source>
        <translation>间隔各不相同；重传数在增加；绕过代理就没有</translation>
    </message>
    <message>
        <source>Look at how the application batches: after the 101 `proxy_buffering` of nginx has no effect.</source>
        <translation>看看应用如何攒批：101 之后 nginx 的 `proxy_buffering` 不起作用。</translation>
    </message>
    <message>
        <source>No message type is declared (setting %1)</source>
        <translation>没有声明消息类型（设置 %1）</translation>
    </message>
    <message>
        <source>No message came</source>
        <translation>没有收到消息</translation>
    </message>
    <message>
        <source>All messages are text</source>
        <translation>所有消息都是文本</translation>
    </message>
    <message>
        <source>All messages are binary</source>
        <translation>所有消息都是二进制</translation>
    </message>
    <message>
        <source>A binary message came where text is declared</source>
        <translation>声明为文本，却收到了二进制消息</translation>
    </message>
    <message>
        <source>A text message came where binary is declared</source>
        <translation>声明为二进制，却收到了文本消息</translation>
    </message>
    <message>
        <source>Messages of the declared type</source>
        <translation>消息是所声明的类型</translation>
    </message>
    <message>
        <source>The serializer&apos;s default, for example octets instead of a string</source>
        <translation>序列化器的默认值，例如用八位组而不是字符串</translation>
    </message>
    <message>
        <source>Send the declared type.</source>
        <translation>发送所声明的类型。</translation>
    </message>
    <message>
        <source>a ping</source>
        <translation>一个 ping</translation>
    </message>
    <message>
        <source>%1 connections here have a heartbeat to compare; judged from %2 on</source>
        <translation>这里有 %1 个连接的心跳可以比较；从 %2 个起才判断</translation>
    </message>
    <message>
        <source>%1 connections; %2 % of them ping within %3 % of the period (concentration %4)</source>
        <translation>%1 个连接；其中 %2 % 的 ping 落在周期的 %3 % 之内（集中度 %4）</translation>
    </message>
    <message>
        <source>No adaptive heartbeat is declared (setting %1)</source>
        <translation>没有声明自适应心跳（设置 %1）</translation>
    </message>
    <message>
        <source>A ping every %1, outside %2 to %3</source>
        <translation>每 %1 一个 ping，超出了 %2 到 %3</translation>
    </message>
    <message>
        <source>No ping was answered</source>
        <translation>没有 ping 得到应答</translation>
    </message>
    <message>
        <source>A ping every %1; the RTT of %2 would make it %3</source>
        <translation>每 %1 一个 ping；按 %2 的 RTT 应为 %3</translation>
    </message>
    <message>
        <source>Fewer than three pings passed</source>
        <translation>经过的 ping 少于三个</translation>
    </message>
    <message>
        <source>The client is no browser</source>
        <translation>客户端不是浏览器</translation>
    </message>
    <message>
        <source>The page&apos;s messages do not come once a minute</source>
        <translation>页面的消息不是每分钟一次</translation>
    </message>
    <message>
        <source>%1 messages in a row came 60 s apart, after shorter gaps before: the tab was hidden</source>
        <translation>连续 %1 条消息相隔 60 s，而之前间隔更短：标签页被隐藏了</translation>
    </message>
    <message>
        <source>the last of them</source>
        <translation>其中最后一条</translation>
    </message>
    <message>
        <source>The client is no phone by its User-Agent</source>
        <translation>从 User-Agent 看客户端不是手机</translation>
    </message>
    <message>
        <source>A phone was silent for %1, pongs included: its system may have put the app to sleep</source>
        <translation>一部手机沉默了 %1，连 pong 也没有：系统可能让应用休眠了</translation>
    </message>
    <message>
        <source>Fewer than %1 connections to the same server</source>
        <translation>到同一服务器的连接少于 %1 个</translation>
    </message>
    <message>
        <source>No pong was later than usual by more than %1</source>
        <translation>没有 pong 比平常晚 %1 以上</translation>
    </message>
    <message>
        <source>late pong of connection %1</source>
        <translation>连接 %1 的迟到的 pong</translation>
    </message>
    <message>
        <source>A pong was late here alone: rather this connection than the server</source>
        <translation>只有这里的一个 pong 迟到：更像是这个连接的问题而不是服务器的</translation>
    </message>
    <message>
        <source>The pongs of %1 connections were late together, by %2 at least</source>
        <translation>%1 个连接的 pong 同时迟到，至少 %2</translation>
    </message>
    <message>
        <source>Clients beat in lockstep</source>
        <translation>客户端步调一致地心跳</translation>
    </message>
    <message>
        <source>One ticker of the server, or of a load generator, pings all</source>
        <translation>服务器或压测工具的一个定时器向所有连接发 ping</translation>
    </message>
    <message>
        <source>All pings leave within milliseconds</source>
        <translation>所有 ping 在几毫秒内发出</translation>
    </message>
    <message>
        <source>All clients connected at the same moment</source>
        <translation>所有客户端在同一时刻连接</translation>
    </message>
    <message>
        <source>Their connections began together too</source>
        <translation>它们的连接也是一起开始的</translation>
    </message>
    <message>
        <source>Give each tick a chance of ±30 %.</source>
        <translation>给每一次心跳 ±30 % 的随机偏差。</translation>
    </message>
    <message>
        <source>Adaptive interval out of bounds</source>
        <translation>自适应间隔超出范围</translation>
    </message>
    <message>
        <source>The scheduler does not follow the RTT</source>
        <translation>调度器没有跟随 RTT</translation>
    </message>
    <message>
        <source>The interval stays when the RTT changes</source>
        <translation>RTT 变化时间隔不变</translation>
    </message>
    <message>
        <source>Interval = 1.5 × RTT within bounds that suit the path, for example 15 to 30 s.</source>
        <translation>间隔 = 1.5 × RTT，限制在适合线路的范围内，例如 15 到 30 s。</translation>
    </message>
    <message>
        <source>Heartbeats of a hidden tab</source>
        <translation>隐藏标签页的心跳</translation>
    </message>
    <message>
        <source>The tab was hidden for more than 5 min, and the page&apos;s script sends the heartbeat</source>
        <translation>标签页隐藏了 5 min 以上，而心跳由页面脚本发送</translation>
    </message>
    <message>
        <source>The messages come once a minute, to the second</source>
        <translation>消息每分钟来一次，精确到秒</translation>
    </message>
    <message>
        <source>Let the server ping; or run the timer in a Worker; or let the server wait for 70 s at least.</source>
        <translation>让服务器发 ping；或在 Worker 中运行定时器；或让服务器至少等待 70 s。</translation>
    </message>
    <message>
        <source>The app was asleep</source>
        <translation>应用休眠了</translation>
    </message>
    <message>
        <source>Connect again when the app comes to the front; reach a sleeping one by push.</source>
        <translation>应用回到前台时重新连接；用推送唤醒休眠的应用。</translation>
    </message>
    <message>
        <source>The server paused</source>
        <translation>服务器停顿了</translation>
    </message>
    <message>
        <source>A garbage collector stopped the world</source>
        <translation>垃圾回收器让整个程序停住</translation>
    </message>
    <message>
        <source>Its log of collections has one at that time</source>
        <translation>它的回收日志在那个时刻有一次</translation>
    </message>
    <message>
        <source>The event loop was blocked by one handler</source>
        <translation>一个处理函数堵住了事件循环</translation>
    </message>
    <message>
        <source>Messages to all connections stopped, TCP went on</source>
        <translation>到所有连接的消息都停了，TCP 还在走</translation>
    </message>
    <message>
        <source>The container&apos;s CPU limit held it back</source>
        <translation>容器的 CPU 限制拖住了它</translation>
    </message>
    <message>
        <source>container_cpu_cfs_throttled_periods_total counts up</source>
        <translation>container_cpu_cfs_throttled_periods_total 在增加</translation>
    </message>
    <message>
        <source>Tune the collector, move work off the loop, and take no pause for a death: let the deadline be longer than the longest pause.</source>
        <translation>调整回收器，把工作移出事件循环，不要把停顿当成死亡：期限要长于最长的停顿。</translation>
    </message>
    <message>
        <source>%1 failures in a row; judged from %2 on</source>
        <translation>连续失败 %1 次；从 %2 次起才判断</translation>
    </message>
    <message>
        <source>%1 attempts in a row, each less than %2 after the failure before</source>
        <translation>连续 %1 次尝试，每次都在上次失败后不到 %2</translation>
    </message>
    <message>
        <source>The delays shrink: %1</source>
        <translation>延迟在缩短：%1</translation>
    </message>
    <message>
        <source>The delays do not grow over %1 failures: %2</source>
        <translation>%1 次失败中延迟没有增长：%2</translation>
    </message>
    <message>
        <source>The delays grow, by %1 from one to the next: %2</source>
        <translation>延迟在增长，每次约为前一次的 %1 倍：%2</translation>
    </message>
    <message>
        <source>Fewer than %1 delays after equally many failures to compare</source>
        <translation>相同失败次数之后可比较的延迟少于 %1 个</translation>
    </message>
    <message>
        <source>%1 delays after equally many failures are spread by %2 %</source>
        <translation>相同失败次数之后的 %1 个延迟相差 %2 %</translation>
    </message>
    <message>
        <source>The longest delay was %1, over %2 failures</source>
        <translation>最长的延迟是 %1，共失败 %2 次</translation>
    </message>
    <message>
        <source>trading</source>
        <translation>交易</translation>
    </message>
    <message>
        <source>orders</source>
        <translation>订单</translation>
    </message>
    <message>
        <source>notifications</source>
        <translation>通知</translation>
    </message>
    <message>
        <source>No profile is declared (setting %1)</source>
        <translation>没有声明重连方案（设置 %1）</translation>
    </message>
    <message>
        <source>More than the %1 tries of profile &quot;%2&quot;</source>
        <translation>超过了方案“%2”的 %1 次尝试</translation>
    </message>
    <message>
        <source>Delay %1 was %2; profile &quot;%3&quot; allows %4 to %5 s</source>
        <translation>第 %1 个延迟是 %2；方案“%3”允许 %4 到 %5 s</translation>
    </message>
    <message>
        <source>No attempt failed</source>
        <translation>没有失败的尝试</translation>
    </message>
    <message>
        <source>%1 delays are as profile &quot;%2&quot; wants them</source>
        <translation>%1 个延迟符合方案“%2”</translation>
    </message>
    <message>
        <source>Delays that do not grow</source>
        <translation>延迟不增长</translation>
    </message>
    <message>
        <source>A timer with a fixed interval</source>
        <translation>间隔固定的定时器</translation>
    </message>
    <message>
        <source>All delays are alike, to some milliseconds</source>
        <translation>所有延迟都一样，只差几毫秒</translation>
    </message>
    <message>
        <source>The counter of attempts begins anew with each TCP connect, not with each stable connection</source>
        <translation>尝试计数在每次 TCP 连接时重置，而不是在每次稳定连接时</translation>
    </message>
    <message>
        <source>The first delay comes back after each connection that opened and died</source>
        <translation>每次连接打开又断掉之后，第一个延迟又出现</translation>
    </message>
    <message>
        <source>Double the delay after each failure, up to 30 s; begin anew only after the connection stood for 30 s.</source>
        <translation>每次失败后延迟加倍，最多 30 s；连接保持 30 s 之后才重新计数。</translation>
    </message>
    <message>
        <source>Delays without chance</source>
        <translation>延迟没有随机性</translation>
    </message>
    <message>
        <source>The delay is computed from the number of the attempt alone</source>
        <translation>延迟只由尝试的次数算出</translation>
    </message>
    <message>
        <source>Clients that lost their connections together come back together</source>
        <translation>一起失去连接的客户端又一起回来</translation>
    </message>
    <message>
        <source>The chance is too small beside the delay, for example 100 ms of 30 s</source>
        <translation>随机部分相对延迟太小，例如 30 s 中的 100 ms</translation>
    </message>
    <message>
        <source>Wait a random time between zero and the computed delay (full jitter); spread the first one over 0 to 5 s.</source>
        <translation>在零与算出的延迟之间随机等待（full jitter）；第一次分散在 0 到 5 s。</translation>
    </message>
    <message>
        <source>Longest delay</source>
        <translation>最长延迟</translation>
    </message>
    <message>
        <source>The delay doubles without a limit</source>
        <translation>延迟无限制地加倍</translation>
    </message>
    <message>
        <source>Let no delay be longer than 30 s.</source>
        <translation>任何延迟都不要超过 30 s。</translation>
    </message>
    <message>
        <source>Delays of the declared profile</source>
        <translation>所声明方案的延迟</translation>
    </message>
    <message>
        <source>Another profile is configured for this stream</source>
        <translation>这个数据流配置了别的方案</translation>
    </message>
    <message>
        <source>Configure the profile of this stream.</source>
        <translation>配置这个数据流的方案。</translation>
    </message>
    <message>
        <source>status %1</source>
        <translation>状态码 %1</translation>
    </message>
    <message>
        <source>close code %1</source>
        <translation>关闭代码 %1</translation>
    </message>
    <message>
        <source>a certificate that is not accepted</source>
        <translation>不被接受的证书</translation>
    </message>
    <message>
        <source>No loop of attempts after a refusal that only a change can mend</source>
        <translation>没有在只有改动才能解决的拒绝之后循环尝试</translation>
    </message>
    <message>
        <source>%1 attempts within %2, all alike, after %3</source>
        <translation>%2 内 %1 次完全相同的尝试，在 %3 之后</translation>
    </message>
    <message>
        <source>Asked to wait %1, the client came back after %2</source>
        <translation>被要求等待 %1，客户端 %2 后就回来了</translation>
    </message>
    <message>
        <source>No answer asked to wait (429 or 503 with Retry-After)</source>
        <translation>没有应答要求等待（带 Retry-After 的 429 或 503）</translation>
    </message>
    <message>
        <source>The client waited as it was asked to</source>
        <translation>客户端按要求等待了</translation>
    </message>
    <message>
        <source>No attempt was refused for its credentials (401, 403, 1008)</source>
        <translation>没有尝试因凭据被拒绝（401、403、1008）</translation>
    </message>
    <message>
        <source>No token whose expiry can be read</source>
        <translation>没有能读出有效期的令牌</translation>
    </message>
    <message>
        <source>The token had not expired</source>
        <translation>令牌还没有过期</translation>
    </message>
    <message>
        <source>No connection was opened with the same token before</source>
        <translation>之前没有用同一令牌打开过连接</translation>
    </message>
    <message>
        <source>Connection %1 was refused with a token that had expired %2 before, and with which an earlier one was let in</source>
        <translation>连接 %1 因令牌被拒绝，该令牌已过期 %2，之前曾用它成功连接</translation>
    </message>
    <message>
        <source>the request with the old token</source>
        <translation>带有旧令牌的请求</translation>
    </message>
    <message>
        <source>%1 attempts in a row at %2 alone, although the name has %3 addresses</source>
        <translation>连续 %1 次只尝试 %2，尽管该名称有 %3 个地址</translation>
    </message>
    <message>
        <source>The name is not known to have more than one address</source>
        <translation>不知道该名称有一个以上的地址</translation>
    </message>
    <message>
        <source>No address was tried again and again while others were left</source>
        <translation>没有在还有其他地址时反复尝试同一个地址</translation>
    </message>
    <message>
        <source>Firefox itself waits after a failure: 200 to 400 ms, 1.5 times as long after each, up to 60 s, and makes one attempt at an address at a time</source>
        <translation>Firefox 自己在失败后等待：200 到 400 ms，每次变为 1.5 倍，最多 60 s，并且对一个地址同时只做一次尝试</translation>
    </message>
    <message>
        <source>Chromium itself waits 1 to 5 s where many attempts of a page wait or failed</source>
        <translation>页面有许多尝试在等待或失败时，Chromium 自己等待 1 到 5 s</translation>
    </message>
    <message>
        <source>No browser by its User-Agent: the delays are the client&apos;s own</source>
        <translation>从 User-Agent 看不是浏览器：延迟是客户端自己的</translation>
    </message>
    <message>
        <source>The newest attempt opened</source>
        <translation>最新的尝试打开了</translation>
    </message>
    <message>
        <source>The last attempt failed %1 ago; judged after %2</source>
        <translation>最后一次尝试在 %1 前失败；%2 后才判断</translation>
    </message>
    <message>
        <source>No attempt for %1 after failure %2 in a row</source>
        <translation>连续第 %2 次失败之后 %1 没有再尝试</translation>
    </message>
    <message>
        <source>the last attempt, connection %1</source>
        <translation>最后一次尝试，连接 %1</translation>
    </message>
    <message>
        <source>Tries again where only a change can help</source>
        <translation>在只有改动才有用的情况下一再尝试</translation>
    </message>
    <message>
        <source>One handler for every end of a connection</source>
        <translation>所有结束都由同一个处理函数处理</translation>
    </message>
    <message>
        <source>The delays are the same after 401 and after a network error</source>
        <translation>401 之后和网络错误之后的延迟一样</translation>
    </message>
    <message>
        <source>Tell ends apart: try again after network errors, 1001, 1006, 1012, 1013 and 5xx; after 400, 401, 403, 404, 426, 1002, 1003, 1007, 1008 or 1010 change something first, or tell the user.</source>
        <translation>区分各种结束：网络错误、1001、1006、1012、1013 和 5xx 之后再试；400、401、403、404、426、1002、1003、1007、1008 或 1010 之后先做改动，或告知用户。</translation>
    </message>
    <message>
        <source>Retry-After is not kept</source>
        <translation>没有遵守 Retry-After</translation>
    </message>
    <message>
        <source>The client does not read the field</source>
        <translation>客户端不读取这个字段</translation>
    </message>
    <message>
        <source>A browser&apos;s page cannot: its WebSocket shows no header</source>
        <translation>浏览器的页面做不到：它的 WebSocket 看不到任何头部</translation>
    </message>
    <message>
        <source>Wait as long as Retry-After says before the next attempt; for pages, tell it in a message or with close code 1013.</source>
        <translation>下次尝试之前等待 Retry-After 所说的时间；对页面则用消息或关闭代码 1013 告知。</translation>
    </message>
    <message>
        <source>Reconnects with an expired token</source>
        <translation>用过期的令牌重新连接</translation>
    </message>
    <message>
        <source>The token is kept in the URL that the client was made with</source>
        <translation>令牌保存在创建客户端时的 URL 里</translation>
    </message>
    <message>
        <source>Fetch a new token before each attempt.</source>
        <translation>每次尝试之前获取新的令牌。</translation>
    </message>
    <message>
        <source>The same dead address again</source>
        <translation>又是同一个失效的地址</translation>
    </message>
    <message>
        <source>The client resolved the name once and keeps the first address</source>
        <translation>客户端只解析一次名称，并一直使用第一个地址</translation>
    </message>
    <message>
        <source>Resolve anew before each attempt, and go on to the next address after a failure.</source>
        <translation>每次尝试之前重新解析，失败后换下一个地址。</translation>
    </message>
    <message>
        <source>Delays that the browser makes</source>
        <translation>浏览器造成的延迟</translation>
    </message>
    <message>
        <source>Nothing: take it into account when you measure delays.</source>
        <translation>没有要改的：测量延迟时把它考虑进去。</translation>
    </message>
    <message>
        <source>Gives up</source>
        <translation>放弃了</translation>
    </message>
    <message>
        <source>A limit of attempts is reached</source>
        <translation>达到了尝试次数的上限</translation>
    </message>
    <message>
        <source>The number of failures is round: 5, 8, 10</source>
        <translation>失败次数是整数：5、8、10</translation>
    </message>
    <message>
        <source>The client was ended, or sleeps</source>
        <translation>客户端被结束了，或在休眠</translation>
    </message>
    <message>
        <source>Show the user that the connection is lost; try again when the network changes or the window comes to the front.</source>
        <translation>告诉用户连接已断开；网络变化或窗口回到前台时再试。</translation>
    </message>
    <message>
        <source>%1 attempts; judged from %2 on</source>
        <translation>%1 次尝试；从 %2 次起才判断</translation>
    </message>
    <message>
        <source>%1 % of the attempts had failed by connection %2, and %3 more were made in the %4 after it</source>
        <translation>到连接 %2 时 %1 % 的尝试已失败，之后的 %4 内又做了 %3 次</translation>
    </message>
    <message>
        <source>%1 % or more of at least %2 attempts failed within %3</source>
        <translation>在 %3 内至少 %2 次尝试中有 %1 % 以上失败</translation>
    </message>
    <message>
        <source>The attempts stay under both limits of a circuit breaker</source>
        <translation>尝试没有超过断路器的两个界限</translation>
    </message>
    <message>
        <source>%1 attempts of this client within a minute</source>
        <translation>这个客户端一分钟内 %1 次尝试</translation>
    </message>
    <message>
        <source>%1 of %2 clients came back within %3</source>
        <translation>%2 个客户端中有 %1 个在 %3 内回来</translation>
    </message>
    <message>
        <source>%1 connections within a minute opened and were lost in less than %2 each</source>
        <translation>一分钟内有 %1 个连接打开后不到 %2 就断了</translation>
    </message>
    <message>
        <source>Attempts go on while nearly all fail</source>
        <translation>几乎全部失败时仍继续尝试</translation>
    </message>
    <message>
        <source>The client has no circuit breaker</source>
        <translation>客户端没有断路器</translation>
    </message>
    <message>
        <source>It goes on at the same pace however long the server is away</source>
        <translation>无论服务器离开多久，它都以同样的速度继续</translation>
    </message>
    <message>
        <source>The server is away for long</source>
        <translation>服务器长时间不可用</translation>
    </message>
    <message>
        <source>Warn at 40 % failures in 60 s; at 70 % in 300 s stop for 300 s, then try once.</source>
        <translation>60 s 内失败 40 % 时警告；300 s 内失败 70 % 时停止 300 s，然后试一次。</translation>
    </message>
    <message>
        <source>Too many attempts</source>
        <translation>尝试次数过多</translation>
    </message>
    <message>
        <source>The client waits hardly or not at all</source>
        <translation>客户端几乎不等待</translation>
    </message>
    <message>
        <source>The delays of &quot;Delays that do not grow&quot; are short</source>
        <translation>“延迟不增长”中的延迟很短</translation>
    </message>
    <message>
        <source>The server accepts, then closes; the client takes the open for a success</source>
        <translation>服务器先接受再关闭；客户端把打开当成成功</translation>
    </message>
    <message>
        <source>&quot;Connections that die at once&quot; warns too</source>
        <translation>“刚打开就断的连接”也在警告</translation>
    </message>
    <message>
        <source>Many clients lost their connections together</source>
        <translation>许多客户端一起失去了连接</translation>
    </message>
    <message>
        <source>Back off with chance in the client; let the server answer 503 with Retry-After, or close with 1013, while it is overloaded.</source>
        <translation>客户端要随机退避；服务器过载时应答带 Retry-After 的 503，或以 1013 关闭。</translation>
    </message>
    <message>
        <source>Connections that die at once</source>
        <translation>刚打开就断的连接</translation>
    </message>
    <message>
        <source>The server refuses only after the upgrade, for want of credentials</source>
        <translation>服务器在升级之后才因缺少凭据拒绝</translation>
    </message>
    <message>
        <source>It closes with 1008, 3000 or 4401</source>
        <translation>它以 1008、3000 或 4401 关闭</translation>
    </message>
    <message>
        <source>The server crashes on the first message, again and again</source>
        <translation>服务器一再因第一条消息崩溃</translation>
    </message>
    <message>
        <source>TCP ends without a Close after the same message</source>
        <translation>在同一条消息之后 TCP 结束，没有 Close</translation>
    </message>
    <message>
        <source>A deadline of the heartbeat is too short</source>
        <translation>心跳的期限太短</translation>
    </message>
    <message>
        <source>Begin the count of attempts anew only after the connection stood for 30 s; mend what ends it.</source>
        <translation>连接保持 30 s 之后才重新计数；修好使它结束的原因。</translation>
    </message>
    <message>
        <source>The server is ours; its peer is the client</source>
        <translation>服务器是我们的；对方是客户端</translation>
    </message>
    <message>
        <source>%1 of %2 opened connections that are needed to tell</source>
        <translation>需要 %2 个打开的连接才能判断，现有 %1 个</translation>
    </message>
    <message>
        <source>95 of 100 setups took %1 or less, over %2</source>
        <translation>100 次建立中有 95 次用时不超过 %1，共 %2 次</translation>
    </message>
    <message>
        <source>on average DNS %1, TCP %2, TLS %3, upgrade %4</source>
        <translation>平均 DNS %1、TCP %2、TLS %3、升级 %4</translation>
    </message>
    <message>
        <source>Watched for %1 only; judged after %2</source>
        <translation>只观察了 %1；%2 后才判断</translation>
    </message>
    <message>
        <source>alarm %1 after the start</source>
        <translation>开始后 %1 的警报</translation>
    </message>
    <message>
        <source>%1 failures, and no change of their rate</source>
        <translation>%1 次失败，频率没有变化</translation>
    </message>
    <message>
        <source>%1 alarms; at the last one %2 failures a second after %3 before</source>
        <translation>%1 次警报；最后一次时每秒 %2 次失败，之前为 %3</translation>
    </message>
    <message>
        <source>%1 of %2 answered pings that are needed to tell</source>
        <translation>需要 %2 个有应答的 ping 才能判断，现有 %1 个</translation>
    </message>
    <message>
        <source>The RTTs are too short to compare</source>
        <translation>RTT 太短，无法比较</translation>
    </message>
    <message>
        <source>the pong at the alarm</source>
        <translation>警报时的 pong</translation>
    </message>
    <message>
        <source>The RTT rose from %1 to %2 and stayed</source>
        <translation>RTT 从 %1 升到 %2 并保持</translation>
    </message>
    <message>
        <source>The RTT fell from %1 to %2 and stayed: another path, or something nearer answers</source>
        <translation>RTT 从 %1 降到 %2 并保持：换了线路，或由更近的东西应答</translation>
    </message>
    <message>
        <source>No shift of the RTT over %1 pings</source>
        <translation>%1 个 ping 中 RTT 没有变化</translation>
    </message>
    <message>
        <source>%1 attempts and %2 pongs; judged from %3 of either on</source>
        <translation>%1 次尝试和 %2 个 pong；任一达到 %3 才判断</translation>
    </message>
    <message>
        <source>the last failure</source>
        <translation>最后一次失败</translation>
    </message>
    <message>
        <source>The errors of the last hour are %1 times what the objective of %2 % allows</source>
        <translation>最近一小时的错误是目标 %2 % 所允许的 %1 倍</translation>
    </message>
    <message>
        <source>The errors of the last six hours are %1 times what the objective of %2 % allows</source>
        <translation>最近六小时的错误是目标 %2 % 所允许的 %1 倍</translation>
    </message>
    <message>
        <source>%1 % of the attempts failed; the objective is %2 %</source>
        <translation>%1 % 的尝试失败；目标是 %2 %</translation>
    </message>
    <message>
        <source>99 of 100 pongs came within %1; the objective is %2</source>
        <translation>100 个 pong 中有 99 个在 %1 内到达；目标是 %2</translation>
    </message>
    <message>
        <source>%1 % of the pings were not answered in time; the objective is %2 %</source>
        <translation>%1 % 的 ping 没有及时应答；目标是 %2 %</translation>
    </message>
    <message>
        <source>Within the objectives: %1 % of %2 attempts failed, %3 % of %4 pings were missed</source>
        <translation>在目标之内：%2 次尝试失败 %1 %，%4 个 ping 错过 %3 %</translation>
    </message>
    <message>
        <source>%1 of %2 ends apart from each other that are needed to tell</source>
        <translation>需要 %2 次彼此分开的结束才能判断，现有 %1 次</translation>
    </message>
    <message>
        <source>The ends follow the age of each connection, not a clock</source>
        <translation>结束取决于每个连接的年龄，而不是时钟</translation>
    </message>
    <message>
        <source>an end</source>
        <translation>一次结束</translation>
    </message>
    <message>
        <source>%1 % of %2 ends follow a period of %3</source>
        <translation>%2 次结束中有 %1 % 遵循 %3 的周期</translation>
    </message>
    <message>
        <source>%1 ends follow no clock</source>
        <translation>%1 次结束不遵循任何时钟</translation>
    </message>
    <message>
        <source>Failures become more</source>
        <translation>失败变多了</translation>
    </message>
    <message>
        <source>Something changed at the first alarm: a deploy, a certificate, a limit</source>
        <translation>第一次警报时有东西变了：部署、证书、限制</translation>
    </message>
    <message>
        <source>What the first failures after it have in common</source>
        <translation>之后最初几次失败有什么共同点</translation>
    </message>
    <message>
        <source>Look at what changed just before the first alarm.</source>
        <translation>看看第一次警报之前刚改了什么。</translation>
    </message>
    <message>
        <source>The RTT shifted</source>
        <translation>RTT 变了</translation>
    </message>
    <message>
        <source>Another route, or another server behind the balancer</source>
        <translation>另一条线路，或均衡器后面的另一台服务器</translation>
    </message>
    <message>
        <source>TCP RTT shifted as well</source>
        <translation>TCP 的 RTT 也变了</translation>
    </message>
    <message>
        <source>A queue in the server grows</source>
        <translation>服务器里的队列在增长</translation>
    </message>
    <message>
        <source>TCP RTT stayed</source>
        <translation>TCP 的 RTT 没有变</translation>
    </message>
    <message>
        <source>Compare the addresses, and TCP RTT with the ping&apos;s, before and after.</source>
        <translation>比较变化前后的地址，以及 TCP 的 RTT 与 ping 的 RTT。</translation>
    </message>
    <message>
        <source>Setups take long</source>
        <translation>建立连接太慢</translation>
    </message>
    <message>
        <source>The stage with the largest share</source>
        <translation>占比最大的阶段</translation>
    </message>
    <message>
        <source>The averages beside the evidence</source>
        <translation>证据旁边的平均值</translation>
    </message>
    <message>
        <source>Mend the stage with the largest share: see its own checks.</source>
        <translation>改进占比最大的阶段：见它自己的检查。</translation>
    </message>
    <message>
        <source>Service-level objectives</source>
        <translation>服务等级目标</translation>
    </message>
    <message>
        <source>See the failures themselves</source>
        <translation>见各次失败</translation>
    </message>
    <message>
        <source>Ends follow a clock</source>
        <translation>结束遵循时钟</translation>
    </message>
    <message>
        <source>A cron job, a rotation of keys, a balancer that scales</source>
        <translation>cron 任务、密钥轮换、均衡器伸缩</translation>
    </message>
    <message>
        <source>What else runs at that time</source>
        <translation>那个时刻还有什么在运行</translation>
    </message>
    <message>
        <source>Move it, or let the server announce it with Close 1001 or 1012.</source>
        <translation>移开它，或让服务器用 Close 1001 或 1012 预告。</translation>
    </message>
    <message>
        <source>The client did not connect again</source>
        <translation>客户端没有再次连接</translation>
    </message>
    <message>
        <source>These attempts were made by hand here</source>
        <translation>这些尝试是在这里手动做的</translation>
    </message>
    <message>
        <source>Told at the newest attempt of this client, connection %1</source>
        <translation>在这个客户端最新的尝试处说明，连接 %1</translation>
    </message>
    <message>
        <source>connection %1, %2 after the end before</source>
        <translation>连接 %1，在前一次结束后 %2</translation>
    </message>
    <message>
        <source>Type of the messages</source>
        <translation>消息的类型</translation>
    </message>
    <message>
        <source>Apple clients (Safari, WKWebView, URLSession) connect</source>
        <translation>有 Apple 客户端（Safari、WKWebView、URLSession）连接</translation>
    </message>
    <message>
        <source>The heartbeat&apos;s interval follows the RTT</source>
        <translation>心跳的间隔跟随 RTT</translation>
    </message>
    <message>
        <source>How clients connect again</source>
        <translation>客户端如何重新连接</translation>
    </message>
    <message>
        <source>A deploy began at</source>
        <translation>部署开始于</translation>
    </message>
    <message>
        <source>The proxy read its configuration again at</source>
        <translation>代理重新读取配置于</translation>
    </message>
    <message>
        <source>declared</source>
        <translation>声明</translation>
    </message>
    <message>
        <source>good up to</source>
        <translation>良好上限</translation>
    </message>
    <message>
        <source>told from</source>
        <translation>提示起点</translation>
    </message>
    <message>
        <source>warns from</source>
        <translation>警告起点</translation>
    </message>
    <message>
        <source>fails from</source>
        <translation>失败起点</translation>
    </message>
    <message>
        <source>judged from</source>
        <translation>判断起点</translation>
    </message>
    <message>
        <source>tolerance</source>
        <translation>容差</translation>
    </message>
    <message>
        <source>within</source>
        <translation>范围</translation>
    </message>
    <message>
        <source>assumed</source>
        <translation>假定</translation>
    </message>
    <message>
        <source>&quot;%1&quot; is no value of %2; it takes %3</source>
        <translation>“%1”不是 %2 的值；可用的是 %3</translation>
    </message>
    <message>
        <source>&quot;%1&quot; is no value of %2; write it for example as %3</source>
        <translation>“%1”不是 %2 的值；例如写成 %3</translation>
    </message>
    <message>
        <source>There is no setting &quot;%1&quot;; `fglass settings` lists them</source>
        <translation>没有设置“%1”；`fglass settings` 列出全部</translation>
    </message>
    <message>
        <source>Write %1=VALUE</source>
        <translation>请写 %1=值</translation>
    </message>
    <message>
        <source>This is no JSON object</source>
        <translation>这不是 JSON 对象</translation>
    </message>
    <message>
        <source>&quot;schema&quot; must be 1</source>
        <translation>“schema”必须是 1</translation>
    </message>
    <message>
        <source>&quot;settings&quot; must be an object of names and values</source>
        <translation>“settings”必须是由名称和值组成的对象</translation>
    </message>
    <message>
        <source>Told at the newest connection to this target, connection %1</source>
        <translation>在到此目标的最新连接处说明，连接 %1</translation>
    </message>
    <message>
        <source>Mend what fails most; or set objectives that fit (settings stat.slo.*).</source>
        <translation>修好失败最多的；或设定合适的目标（设置 stat.slo.*）。</translation>
    </message>
    <message>
        <source>1 day</source>
        <translation>1 天</translation>
    </message>
    <message>
        <source>%1 days</source>
        <translation>%1 天</translation>
    </message>
</context>
<context>
    <name>fglass</name>
    <message>
        <source>Connect, exchange a message and a ping, stay silent, close; then say what is wrong and why</source>
        <translation>建立连接，交换一条消息和一次 ping，保持静默，关闭；然后指出问题及其原因</translation>
    </message>
    <message>
        <source>The text message to send</source>
        <translation>要发送的文本消息</translation>
    </message>
    <message>
        <source>Send no text message</source>
        <translation>不发送文本消息</translation>
    </message>
    <message>
        <source>Stay silent this long after the message and the ping (default 5s)</source>
        <translation>消息和 ping 之后保持静默的时间（默认 5s）</translation>
    </message>
    <message>
        <source>Make the same attempt at this URL, past the proxy, to tell proxy from server</source>
        <translation>绕过代理对此 URL 进行同样的尝试，以区分是代理还是服务器的问题</translation>
    </message>
    <message>
        <source>List every check, or explain one</source>
        <translation>列出所有检查，或解释其中一项</translation>
    </message>
    <message>
        <source>The check to explain, for example upgrade.accept-missing</source>
        <translation>要解释的检查，例如 upgrade.accept-missing</translation>
    </message>
    <message>
        <source>As the page of the user guide</source>
        <translation>以用户指南页面的形式输出</translation>
    </message>
    <message>
        <source>There is no check &apos;%1&apos;; `fglass checks` lists them.</source>
        <translation>没有检查 &apos;%1&apos;；`fglass checks` 可列出所有检查。</translation>
    </message>
    <message>
        <source>cause: </source>
        <translation>原因： </translation>
    </message>
    <message>
        <source>how to tell: </source>
        <translation>判断方法： </translation>
    </message>
    <message>
        <source>fix: </source>
        <translation>修复： </translation>
    </message>
    <message>
        <source>The checks</source>
        <translation>检查</translation>
    </message>
    <message>
        <source>Severity: %1. Clause: %2.</source>
        <translation>严重程度：%1。条款：%2。</translation>
    </message>
    <message>
        <source>Fix: %1</source>
        <translation>修复：%1</translation>
    </message>
    <message>
        <source>Error: </source>
        <translation>错误： </translation>
    </message>
    <message>
        <source>&apos;%1&apos; is no duration; write for example 500ms, 5s, 2m (at most 24h)</source>
        <translation>&apos;%1&apos; 不是时长；请写成例如 500ms、5s、2m（最长 24h）</translation>
    </message>
    <message>
        <source>Print JSON for machines instead of text</source>
        <translation>输出供机器读取的 JSON，而不是文本</translation>
    </message>
    <message>
        <source>Keep the capture in FILE (.fglass); an existing capture is carried on</source>
        <translation>把抓包保存到 FILE（.fglass）；若文件已存在则继续追加</translation>
    </message>
    <message>
        <source>Add a header field, or replace one of the handshake&apos;s own; &apos;Name:&apos; removes it. May be repeated, order is kept</source>
        <translation>添加一个头字段，或替换握手自身的头字段；&apos;Name:&apos; 表示移除。可重复使用，顺序保持不变</translation>
    </message>
    <message>
        <source>Offer a subprotocol; may be repeated</source>
        <translation>提供一个子协议；可重复使用</translation>
    </message>
    <message>
        <source>Send this Origin</source>
        <translation>发送此 Origin</translation>
    </message>
    <message>
        <source>Basic authentication</source>
        <translation>Basic 认证</translation>
    </message>
    <message>
        <source>Bearer authentication</source>
        <translation>Bearer 认证</translation>
    </message>
    <message>
        <source>Send this Cookie field</source>
        <translation>发送此 Cookie 字段</translation>
    </message>
    <message>
        <source>Send a ping this often (default: none)</source>
        <translation>发送 ping 的间隔（默认：不发送）</translation>
    </message>
    <message>
        <source>A pong later than this is late (default 20s)</source>
        <translation>pong 晚于此时间即为迟到（默认 20s）</translation>
    </message>
    <message>
        <source>Time limit of TCP for each address (default 5s)</source>
        <translation>每个地址的 TCP 连接时限（默认 5s）</translation>
    </message>
    <message>
        <source>Time limit of the server&apos;s answer (default 10s)</source>
        <translation>服务器应答的时限（默认 10s）</translation>
    </message>
    <message>
        <source>Do not answer the server&apos;s pings</source>
        <translation>不应答服务器的 ping</translation>
    </message>
    <message>
        <source>Note protocol violations but do not fail the connection for them</source>
        <translation>记录违反协议之处，但不因此判定连接失败</translation>
    </message>
    <message>
        <source>--header &apos;%1&apos; is no header field: write &apos;Name: value&apos;</source>
        <translation>--header &apos;%1&apos; 不是头字段：请写成 &apos;Name: value&apos;</translation>
    </message>
    <message>
        <source>--header &apos;%1&apos; has a line break or NUL in its value, which no field can carry</source>
        <translation>--header &apos;%1&apos; 的值中有换行或 NUL，任何字段都不能包含</translation>
    </message>
    <message>
        <source>--subprotocol &apos;%1&apos; is no token (RFC 9110 §5.6.2): no spaces, commas, &apos;=&apos; or &apos;/&apos;</source>
        <translation>--subprotocol &apos;%1&apos; 不是 token（RFC 9110 §5.6.2）：不能有空格、逗号、&apos;=&apos; 或 &apos;/&apos;</translation>
    </message>
    <message>
        <source>the URL is empty; write for example ws://localhost:8080/ws</source>
        <translation>URL 为空；请写成例如 ws://localhost:8080/ws</translation>
    </message>
    <message>
        <source>the URL has no scheme; put ws:// before it</source>
        <translation>URL 没有 scheme；请在前面加上 ws://</translation>
    </message>
    <message>
        <source>the URL names no host</source>
        <translation>URL 中没有主机</translation>
    </message>
    <message>
        <source>the host name is not valid</source>
        <translation>主机名无效</translation>
    </message>
    <message>
        <source>the port must be a number from 1 to 65535</source>
        <translation>端口必须是 1 到 65535 之间的数字</translation>
    </message>
    <message>
        <source>a WebSocket URL has no #fragment (RFC 6455 §3): remove it</source>
        <translation>WebSocket URL 不能带 #fragment（RFC 6455 §3）：请去掉</translation>
    </message>
    <message>
        <source>a space, control or non-ASCII character must be percent-encoded</source>
        <translation>空格、控制字符和非 ASCII 字符必须进行百分号编码</translation>
    </message>
    <message>
        <source>Talk to a server: lines in, frames out; /ping, /pong and /close are orders</source>
        <translation>与服务器对话：输入行，输出帧；/ping、/pong 和 /close 是命令</translation>
    </message>
    <message>
        <source>No such order. There are /ping [TEXT], /pong [TEXT] and /close [CODE [REASON]]; // begins a text with one slash.</source>
        <translation>没有此命令。可用命令有 /ping [TEXT]、/pong [TEXT] 和 /close [CODE [REASON]]；以 // 开头可发送以一个斜杠开头的文本。</translation>
    </message>
    <message>
        <source>A ping or pong carries at most 125 octets (RFC 6455 §5.5).</source>
        <translation>ping 或 pong 最多携带 125 字节（RFC 6455 §5.5）。</translation>
    </message>
    <message>
        <source>The close code must be a number from 0 to 65535.</source>
        <translation>关闭码必须是 0 到 65535 之间的数字。</translation>
    </message>
    <message>
        <source>A close reason has at most 123 octets (RFC 6455 §5.5.1).</source>
        <translation>关闭原因最长 123 字节（RFC 6455 §5.5.1）。</translation>
    </message>
    <message>
        <source>Start the echo server, talk to it, and print what was seen and judged</source>
        <translation>启动回显服务器，与之对话，并输出所见内容和判定结果</translation>
    </message>
    <message>
        <source>Shows what a WebSocket connection really does, and what is wrong with it.</source>
        <translation>显示 WebSocket 连接实际的行为，以及其中的问题。</translation>
    </message>
    <message>
        <source>Exit codes: 0 pass or warnings, 1 a check failed, 2 the command line or a file cannot be used, 3 no TCP connection.</source>
        <translation>退出码：0 通过或只有警告，1 有检查失败，2 命令行或文件无法使用，3 没有建立 TCP 连接。</translation>
    </message>
    <message>
        <source>Run the echo server and show what its clients do</source>
        <translation>运行回显服务器，并显示其客户端的行为</translation>
    </message>
    <message>
        <source>Port (default: any free one, printed)</source>
        <translation>端口（默认：任意空闲端口，并输出）</translation>
    </message>
    <message>
        <source>Address to bind (default 127.0.0.1)</source>
        <translation>绑定的地址（默认 127.0.0.1）</translation>
    </message>
    <message>
        <source>Subprotocol to agree to, preferred first; may be repeated</source>
        <translation>同意使用的子协议，优先者在前；可重复使用</translation>
    </message>
    <message>
        <source>Let in pages of this origin only; may be repeated (default: any)</source>
        <translation>只允许来自此来源的页面；可重复使用（默认：任意）</translation>
    </message>
    <message>
        <source>Ping each client this often (default: never)</source>
        <translation>向每个客户端发送 ping 的间隔（默认：从不）</translation>
    </message>
    <message>
        <source>Stop after this time (default: at Ctrl+C)</source>
        <translation>到此时间后停止（默认：按 Ctrl+C 时）</translation>
    </message>
    <message>
        <source>Print the address and refusals only, no frames</source>
        <translation>只输出地址和拒绝的连接，不输出帧</translation>
    </message>
    <message>
        <source>Cannot listen on %1 port %2: %3</source>
        <translation>无法监听 %1 端口 %2：%3</translation>
    </message>
    <message>
        <source>Echo server at %1 (Ctrl+C stops)</source>
        <translation>回显服务器地址：%1（Ctrl+C 停止）</translation>
    </message>
    <message>
        <source>Print a capture: each connection with its checklist, or its records</source>
        <translation>输出抓包文件：每个连接及其检查清单，或其记录</translation>
    </message>
    <message>
        <source>A .fglass capture</source>
        <translation>.fglass 抓包文件</translation>
    </message>
    <message>
        <source>Only this connection</source>
        <translation>只输出此连接</translation>
    </message>
    <message>
        <source>The records in order instead of the checklists</source>
        <translation>按顺序输出记录，而不是检查清单</translation>
    </message>
    <message>
        <source>This capture was not closed: its program still writes it, or was ended. Up to the last second may be missing.</source>
        <translation>此抓包文件未正常关闭：程序仍在写入，或已被终止。最后最多一秒的内容可能缺失。</translation>
    </message>
    <message>
        <source>The capture has no connection %1.</source>
        <translation>抓包文件中没有连接 %1。</translation>
    </message>
    <message>
        <source>The capture holds no connection.</source>
        <translation>抓包文件中没有任何连接。</translation>
    </message>
    <message>
        <source>&apos;%1&apos; is no parameter of permessage-deflate (RFC 7692 §7.1): write for example --deflate=&apos;server_no_context_takeover; client_max_window_bits=10&apos;</source>
        <translation>&apos;%1&apos; 不是 permessage-deflate 的参数（RFC 7692 §7.1）：例如写成 --deflate=&apos;server_no_context_takeover; client_max_window_bits=10&apos;</translation>
    </message>
    <message>
        <source>Offer permessage-deflate with these parameters, several offers with commas between (default: as a browser does); --deflate=off offers nothing</source>
        <translation>以这些参数提议 permessage-deflate，多个提议以逗号分隔（默认：与浏览器相同）；--deflate=off 不提议</translation>
    </message>
    <message>
        <source>Offer permessage-deflate, as a browser does or with these parameters; several offers with commas between</source>
        <translation>提议 permessage-deflate：与浏览器相同，或采用这些参数；多个提议以逗号分隔</translation>
    </message>
    <message>
        <source>Accept permessage-deflate and ask for these parameters where the client&apos;s offer allows it (default: as offered); --deflate=off accepts no offer</source>
        <translation>接受 permessage-deflate，并在客户端提议允许时要求这些参数（默认：按提议）；--deflate=off 不接受任何提议</translation>
    </message>
    <message>
        <source>a server has one set of parameters: no commas</source>
        <translation>服务器只有一组参数：不能有逗号</translation>
    </message>
    <message>
        <source>&apos;%1&apos; is no limit that can be used</source>
        <translation>“%1”不是可用的限制</translation>
    </message>
    <message>
        <source>Largest request head (default 64KiB)</source>
        <translation>请求报头的最大大小（默认 64KiB）</translation>
    </message>
    <message>
        <source>Most field lines of a head (default 256)</source>
        <translation>报头字段行的最大数量（默认 256）</translation>
    </message>
    <message>
        <source>Largest payload of a frame (default 64MiB)</source>
        <translation>帧负载的最大大小（默认 64MiB）</translation>
    </message>
    <message>
        <source>Largest payload of a message (default 64MiB)</source>
        <translation>消息负载的最大大小（默认 64MiB）</translation>
    </message>
    <message>
        <source>Most that a compressed message may inflate to (default 64MiB)</source>
        <translation>压缩消息解压后的最大大小（默认 64MiB）</translation>
    </message>
    <message>
        <source>Most fragments of a message (default 300000)</source>
        <translation>消息分片的最大数量（默认 300000）</translation>
    </message>
    <message>
        <source>Unsent octets of a client from which on it is not read (default 16MiB)</source>
        <translation>某客户端的未发送字节达到此值后便不再读取它（默认 16MiB）</translation>
    </message>
    <message>
        <source>End a client that takes almost nothing of that for so long (default 30s)</source>
        <translation>客户端在此时间内几乎没有接收这些字节时将其断开（默认 30s）</translation>
    </message>
    <message>
        <source>Time for a client&apos;s whole request head (default 10s)</source>
        <translation>客户端发完整个请求报头的时限（默认 10s）</translation>
    </message>
    <message>
        <source>Most connections at once; more of them wait (default 20000)</source>
        <translation>同时连接的最大数量；更多连接需等待（默认 20000）</translation>
    </message>
    <message>
        <source>The system allows this program %1 open files: at most %2 connections at once, more of them wait</source>
        <translation>系统允许本程序打开 %1 个文件：最多同时 %2 个连接，更多连接需等待</translation>
    </message>
    <message>
        <source>Connect and send every message back as it came, until the server closes</source>
        <translation>建立连接，并把收到的每条消息原样发回，直到服务器关闭连接</translation>
    </message>
    <message>
        <source>Connect this often, one connection after the other (default 1)</source>
        <translation>依次建立这么多次连接（默认 1）</translation>
    </message>
    <message>
        <source>%1: %2 messages back in %3 frames, ended %4</source>
        <translation>%1：以 %3 帧发回 %2 条消息，结束于 %4</translation>
    </message>
    <message>
        <source>Show this user&apos;s development authority, whose certificates &apos;serve --tls&apos; uses</source>
        <translation>显示当前用户的开发证书颁发机构，&apos;serve --tls&apos; 使用其签发的证书</translation>
    </message>
    <message>
        <source>Write the authority&apos;s certificate (PEM) to FILE, to be trusted by clients; &apos;-&apos; for standard output</source>
        <translation>将该机构的证书（PEM）写入 FILE，供客户端信任；&apos;-&apos; 表示标准输出</translation>
    </message>
    <message>
        <source>Authority: %1</source>
        <translation>颁发机构：%1</translation>
    </message>
    <message>
        <source>Certificate of the server: %1</source>
        <translation>服务器证书：%1</translation>
    </message>
    <message>
        <source>Clients that trust the authority accept wss://localhost of &apos;fglass serve --tls&apos;, for example: SSL_CERT_FILE in Go and curl, NODE_EXTRA_CA_CERTS in node, a browser&apos;s settings.</source>
        <translation>信任该机构的客户端会接受 &apos;fglass serve --tls&apos; 的 wss://localhost，例如：Go 和 curl 用 SSL_CERT_FILE，node 用 NODE_EXTRA_CA_CERTS，浏览器则在其设置中导入。</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1：%2</translation>
    </message>
    <message>
        <source>%1 cannot be used for the development authority: %2</source>
        <translation>%1 不能用于开发证书颁发机构：%2</translation>
    </message>
    <message>
        <source>Where to connect: ws://HOST[:PORT]/PATH or wss://…</source>
        <translation>连接到哪里：ws://HOST[:PORT]/PATH 或 wss://…</translation>
    </message>
    <message>
        <source>Time limit of the TLS handshake (default 5s)</source>
        <translation>TLS 握手的时限（默认 5s）</translation>
    </message>
    <message>
        <source>the scheme must be ws or wss</source>
        <translation>协议必须是 ws 或 wss</translation>
    </message>
    <message>
        <source>the URL is empty</source>
        <translation>URL 为空</translation>
    </message>
    <message>
        <source>it must begin with http:// or socks5://</source>
        <translation>必须以 http:// 或 socks5:// 开头</translation>
    </message>
    <message>
        <source>proxies that are spoken to over TLS are not supported; most of them take http:// too, and wss:// stays encrypted through it</source>
        <translation>不支持通过 TLS 访问的代理；它们大多也接受 http://，而 wss:// 穿过代理时仍是加密的</translation>
    </message>
    <message>
        <source>user or password are longer than such a proxy can take</source>
        <translation>用户名或密码超过了这种代理能接受的长度</translation>
    </message>
    <message>
        <source>Go through this proxy: http://[USER:PASSWORD@]HOST:PORT or socks5://…; &apos;none&apos; for none (default &apos;system&apos;: HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY, else the system&apos;s settings; never to this machine itself)</source>
        <translation>经由此代理：http://[USER:PASSWORD@]HOST:PORT 或 socks5://…；&apos;none&apos; 表示不用代理（默认 &apos;system&apos;：HTTPS_PROXY、HTTP_PROXY、ALL_PROXY 和 NO_PROXY，否则用系统设置；连接本机时从不使用）</translation>
    </message>
    <message>
        <source>Time limit of the proxy&apos;s answer (default 10s)</source>
        <translation>代理应答的时限（默认 10s）</translation>
    </message>
    <message>
        <source>Connect to ADDRESS where HOST and PORT are those of the URL; may be repeated, the addresses are tried in this order (not through a proxy)</source>
        <translation>当 HOST 和 PORT 与 URL 相同时连接到 ADDRESS；可重复，按此顺序尝试（不经代理）</translation>
    </message>
    <message>
        <source>Connect to this address instead of those of the URL&apos;s host; may be repeated</source>
        <translation>连接到此地址，而不是 URL 主机的地址；可重复</translation>
    </message>
    <message>
        <source>Do not ask the name servers themselves beside the system&apos;s resolver</source>
        <translation>除系统解析器外，不另外直接询问域名服务器</translation>
    </message>
    <message>
        <source>Ask the name servers for SRV records of the host too (_ws._tcp, _wss._tcp)</source>
        <translation>同时向域名服务器查询主机的 SRV 记录（_ws._tcp、_wss._tcp）</translation>
    </message>
    <message>
        <source>Ask this name server (default: those of the system)</source>
        <translation>询问此域名服务器（默认：系统的域名服务器）</translation>
    </message>
    <message>
        <source>--proxy &apos;%1&apos;: %2</source>
        <translation>--proxy &apos;%1&apos;：%2</translation>
    </message>
    <message>
        <source>--resolve &apos;%1&apos; is not of the form HOST:PORT:ADDRESS, with a numeric address</source>
        <translation>--resolve &apos;%1&apos; 不是 HOST:PORT:ADDRESS 的形式（地址须为数字形式）</translation>
    </message>
    <message>
        <source>--address &apos;%1&apos; is no numeric address</source>
        <translation>--address &apos;%1&apos; 不是数字形式的地址</translation>
    </message>
    <message>
        <source>--dns-server &apos;%1&apos; is no numeric address with an optional port</source>
        <translation>--dns-server &apos;%1&apos; 不是带可选端口的数字地址</translation>
    </message>
    <message>
        <source>TLS versions are 1.0, 1.1, 1.2 and 1.3</source>
        <translation>TLS 版本有 1.0、1.1、1.2 和 1.3</translation>
    </message>
    <message>
        <source>Own certificate: PEM with its chain, or PKCS#12</source>
        <translation>自己的证书：带证书链的 PEM，或 PKCS#12</translation>
    </message>
    <message>
        <source>Its private key, PEM (default: in the file of --cert). A passphrase is asked for</source>
        <translation>其私钥，PEM（默认：在 --cert 的文件中）。口令会询问</translation>
    </message>
    <message>
        <source>Read the key&apos;s passphrase from the first line of FILE instead of asking</source>
        <translation>从 FILE 的第一行读取私钥口令，而不询问</translation>
    </message>
    <message>
        <source>Oldest TLS version: 1.0, 1.1, 1.2 or 1.3</source>
        <translation>最旧的 TLS 版本：1.0、1.1、1.2 或 1.3</translation>
    </message>
    <message>
        <source>Newest TLS version</source>
        <translation>最新的 TLS 版本</translation>
    </message>
    <message>
        <source>Cipher suites, in OpenSSL&apos;s notation, separated by &apos;:&apos;</source>
        <translation>密码套件，OpenSSL 写法，以 &apos;:&apos; 分隔</translation>
    </message>
    <message>
        <source>Application protocols of ALPN, separated by &apos;,&apos;; &apos;&apos; for none (default http/1.1)</source>
        <translation>ALPN 的应用协议，以 &apos;,&apos; 分隔；&apos;&apos; 表示没有（默认 http/1.1）</translation>
    </message>
    <message>
        <source>Append the TLS secrets to FILE for Wireshark (default: SSLKEYLOGFILE, if set)</source>
        <translation>将 TLS 密钥追加到 FILE，供 Wireshark 使用（默认：SSLKEYLOGFILE，如已设置）</translation>
    </message>
    <message>
        <source>Passphrase of %1: </source>
        <translation>%1 的口令：</translation>
    </message>
    <message>
        <source>Trust the authorities in this PEM file too, besides the system&apos;s</source>
        <translation>除系统信任的机构外，也信任此 PEM 文件中的机构</translation>
    </message>
    <message>
        <source>Name to ask for by SNI instead of the host; &apos;&apos; for none</source>
        <translation>以 SNI 请求的名称，代替主机名；&apos;&apos; 表示不发送</translation>
    </message>
    <message>
        <source>Connect whatever the server&apos;s certificate; what is wrong with it is still told</source>
        <translation>无论服务器证书如何都连接；仍会说明证书有什么问题</translation>
    </message>
    <message>
        <source>Speak wss:// with a certificate for localhost from this user&apos;s own development authority, made when there is none (see &apos;fglass ca&apos;)</source>
        <translation>使用 wss://，localhost 的证书来自当前用户自己的开发证书颁发机构，没有时自动创建（见 &apos;fglass ca&apos;）</translation>
    </message>
    <message>
        <source>Ask clients for a certificate from the authorities in this PEM file</source>
        <translation>要求客户端提供由此 PEM 文件中的机构签发的证书</translation>
    </message>
    <message>
        <source>Refuse clients that have no such certificate</source>
        <translation>拒绝没有这种证书的客户端</translation>
    </message>
    <message>
        <source>Follow at most this many redirects, each with a connection of its own; credentials and cookies stay with their server (default 0: none)</source>
        <translation>最多跟随这么多次重定向，每次都是单独的连接；凭据和 Cookie 只留给原服务器（默认 0：不跟随）</translation>
    </message>
    <message>
        <source>The redirect is not followed: %1</source>
        <translation>没有跟随重定向：%1</translation>
    </message>
    <message>
        <source>Redirected by %1: %2 → %3</source>
        <translation>被 %1 重定向：%2 → %3</translation>
    </message>
    <message>
        <source>Listen on a Unix socket at PATH instead of an address and a port</source>
        <translation>在 PATH 处的 Unix 套接字上监听，而不是地址和端口</translation>
    </message>
    <message>
        <source>Cannot listen on the socket %1: %2</source>
        <translation>无法在套接字 %1 上监听：%2</translation>
    </message>
    <message>
        <source>Write the records of a capture as JSON Lines or as CSV for a spreadsheet</source>
        <translation>将捕获的记录写为 JSON Lines，或供电子表格使用的 CSV</translation>
    </message>
    <message>
        <source>Where to write, replaced only when all is written (else standard output)</source>
        <translation>写入位置，全部写完后才替换（否则为标准输出）</translation>
    </message>
    <message>
        <source>jsonl or csv (else by the name of the output, or jsonl)</source>
        <translation>jsonl 或 csv（否则按输出文件名，或 jsonl）</translation>
    </message>
    <message>
        <source>Only records that match (see fglass fields)</source>
        <translation>仅匹配的记录（参见 fglass fields）</translation>
    </message>
    <message>
        <source>Keep passwords, tokens and cookies, which are masked otherwise</source>
        <translation>保留密码、令牌和 Cookie，否则会被遮盖</translation>
    </message>
    <message>
        <source>Standard output cannot be written to.</source>
        <translation>无法写入标准输出。</translation>
    </message>
    <message>
        <source>Cancelled; nothing was written.</source>
        <translation>已取消；未写入任何内容。</translation>
    </message>
    <message>
        <source>Records written to %2: %1</source>
        <translation>写入 %2 的记录数：%1</translation>
    </message>
    <message>
        <source>presence</source>
        <translation>是否存在</translation>
    </message>
    <message>
        <source>truth</source>
        <translation>真假</translation>
    </message>
    <message>
        <source>number</source>
        <translation>数字</translation>
    </message>
    <message>
        <source>duration</source>
        <translation>时长</translation>
    </message>
    <message>
        <source>name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>text</source>
        <translation>文本</translation>
    </message>
    <message>
        <source>octets</source>
        <translation>字节</translation>
    </message>
    <message>
        <source>any</source>
        <translation>任意</translation>
    </message>
    <message>
        <source>List the fields of the filter language, or explain one</source>
        <translation>列出过滤语言的字段，或解释其中一个</translation>
    </message>
    <message>
        <source>The field to explain, for example websocket.opcode</source>
        <translation>要解释的字段，例如 websocket.opcode</translation>
    </message>
    <message>
        <source>As the table of the user guide</source>
        <translation>以用户指南表格的形式</translation>
    </message>
    <message>
        <source>Only records that match, for example &apos;websocket.opcode == ping&apos; (fglass fields lists what can be asked); with --records implied</source>
        <translation>仅匹配的记录，例如 &apos;websocket.opcode == ping&apos;（fglass fields 列出可查询的内容）；隐含 --records</translation>
    </message>
    <message>
        <source>Write a report: FORM=FILE, or FILE with a suffix that tells the form (txt, json, xml, sarif, md, html); FORM alone prints it instead of the text. Forms are text, json, junit, sarif, markdown and html. May be repeated</source>
        <translation>写出报告：FORM=FILE，或后缀能说明形式的 FILE（txt、json、xml、sarif、md、html）；只写 FORM 则代替文本打印出来。形式有 text、json、junit、sarif、markdown 和 html。可重复</translation>
    </message>
    <message>
        <source>From which verdict on the exit code is 1</source>
        <translation>从哪个结论起退出码为 1</translation>
    </message>
    <message>
        <source>Judge only these checks: ids, or the beginning of ids with a * (upgrade.*), separated by commas</source>
        <translation>只评判这些检查：编号，或带 * 的编号开头（upgrade.*），以逗号分隔</translation>
    </message>
    <message>
        <source>Leave these checks out, written like those of --only</source>
        <translation>略去这些检查，写法同 --only</translation>
    </message>
    <message>
        <source>Faults that this file holds are told but do not count, unless they became graver: a file of --write-baseline, or an earlier report in JSON</source>
        <translation>此文件中的故障照样说明但不计入，除非变得更严重：--write-baseline 写出的文件，或以前的 JSON 报告</translation>
    </message>
    <message>
        <source>Write the warnings and failures of this run as a baseline</source>
        <translation>把这次运行的警告和失败写为基线</translation>
    </message>
    <message>
        <source>No check is named &apos;%1&apos;; `fglass checks` lists them.</source>
        <translation>没有名为“%1”的检查；`fglass checks` 可列出它们。</translation>
    </message>
    <message>
        <source>--report %1: what form this is cannot be told. Write FORM=FILE with one of the forms %2.</source>
        <translation>--report %1：无法判断是哪种形式。请写 FORM=FILE，形式为 %2 之一。</translation>
    </message>
    <message>
        <source>Only one report can go to standard output.</source>
        <translation>只能有一个报告写到标准输出。</translation>
    </message>
    <message>
        <source>The baseline %1 cannot be used. %2</source>
        <translation>无法使用基线 %1。%2</translation>
    </message>
    <message>
        <source>%1 cannot be read: %2</source>
        <translation>无法读取 %1：%2</translation>
    </message>
    <message>
        <source>A threshold of a check, or what you declare of the system, for example stat.slo.latency=50ms or deploy.at=2026-11-27T12:30:00Z (fglass settings lists them). May be repeated</source>
        <translation>某个检查的阈值，或您对系统的声明，例如 stat.slo.latency=50ms 或 deploy.at=2026-11-27T12:30:00Z（fglass settings 列出全部）。可以重复</translation>
    </message>
    <message>
        <source>Take settings from this file (fglass settings --json writes one); --set goes before it</source>
        <translation>从这个文件读取设置（fglass settings --json 会写出一个）；--set 优先于它</translation>
    </message>
    <message>
        <source>The settings %1 cannot be used. %2</source>
        <translation>设置 %1 无法使用。%2</translation>
    </message>
    <message>
        <source>--set %1: %2</source>
        <translation>--set %1：%2</translation>
    </message>
    <message>
        <source>List the thresholds of the checks, and what can be declared</source>
        <translation>列出检查的阈值以及可以声明的内容</translation>
    </message>
    <message>
        <source>Only those whose names begin so, for example reconnect</source>
        <translation>只列出名称以此开头的，例如 reconnect</translation>
    </message>
    <message>
        <source>As a file for --settings, with the defaults</source>
        <translation>作为 --settings 的文件，带默认值</translation>
    </message>
    <message>
        <source>No setting&apos;s name begins with &apos;%1&apos;.</source>
        <translation>没有名称以“%1”开头的设置。</translation>
    </message>
    <message>
        <source>%1: one of %2</source>
        <translation>%1：%2 之一</translation>
    </message>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
</context>
<context>
    <name>frameglass::ui</name>
    <message>
        <source>Passphrase of a private key</source>
        <translation>私钥的口令</translation>
    </message>
    <message>
        <source>The private key in %1 is encrypted. Its passphrase is kept in memory only.</source>
        <translation>%1 中的私钥已加密。其口令只保存在内存中。</translation>
    </message>
    <message>
        <source>Passphrase</source>
        <translation>口令</translation>
    </message>
    <message>
        <source>This passphrase does not open it</source>
        <translation>此口令打不开它</translation>
    </message>
    <message>
        <source>Use it</source>
        <translation>使用</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
</context>
<context>
    <name>frameglass::ui::AcceptPanel</name>
    <message>
        <source>How the server proves that it read the request (RFC 6455 §4.2.2)</source>
        <translation>服务器如何证明它读取了请求（RFC 6455 §4.2.2）</translation>
    </message>
    <message>
        <source>1  key as sent</source>
        <translation>1  发送的 key</translation>
    </message>
    <message>
        <source>2  key and GUID</source>
        <translation>2  key 加 GUID</translation>
    </message>
    <message>
        <source>3  SHA-1 of it</source>
        <translation>3  其 SHA-1</translation>
    </message>
    <message>
        <source>4  base64 of that</source>
        <translation>4  再做 base64</translation>
    </message>
    <message>
        <source>nothing</source>
        <translation>无</translation>
    </message>
    <message>
        <source>nothing yet</source>
        <translation>尚无</translation>
    </message>
    <message>
        <source>Waiting for the answer.</source>
        <translation>正在等待应答。</translation>
    </message>
    <message>
        <source>missing</source>
        <translation>缺失</translation>
    </message>
    <message>
        <source>equal</source>
        <translation>相等</translation>
    </message>
    <message>
        <source>differs: the answer was not made for this key</source>
        <translation>不同：该应答不是针对此 key 作出的</translation>
    </message>
    <message>
        <source>The request has no key, so there is nothing to compute.</source>
        <translation>请求中没有 key，因此无法计算。</translation>
    </message>
    <message>
        <source>5  server sent</source>
        <translation>5  服务器发送</translation>
    </message>
</context>
<context>
    <name>frameglass::ui::AddressBar</name>
    <message>
        <source>%1 (character %2)</source>
        <translation>%1（第 %2 个字符）</translation>
    </message>
    <message>
        <source>Connect</source>
        <translation>连接</translation>
    </message>
    <message>
        <source>Open a connection to this address (Enter)</source>
        <translation>打开到此地址的连接（Enter）</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Stop connecting (Ctrl+D)</source>
        <translation>停止连接（Ctrl+D）</translation>
    </message>
    <message>
        <source>Disconnect</source>
        <translation>断开</translation>
    </message>
    <message>
        <source>Close this connection with code 1000 (Ctrl+D)</source>
        <translation>以关闭码 1000 关闭此连接（Ctrl+D）</translation>
    </message>
    <message>
        <source>WebSocket address</source>
        <translation>WebSocket 地址</translation>
    </message>
    <message>
        <source>Address to connect to (Ctrl+N)</source>
        <translation>要连接的地址（Ctrl+N）</translation>
    </message>
    <message>
        <source>Options</source>
        <translation>选项</translation>
    </message>
    <message>
        <source>Headers, subprotocols, sign-in, heartbeat and time limits of the next connection (Ctrl+Shift+O)</source>
        <translation>下一个连接的头字段、子协议、登录、心跳和时限（Ctrl+Shift+O）</translation>
    </message>
    <message>
        <source>Connection options</source>
        <translation>连接选项</translation>
    </message>
    <message>
        <source>ws:// or wss://host:port/path</source>
        <translation>ws:// 或 wss://host:port/path</translation>
    </message>
</context>
<context>
    <name>frameglass::ui::CheckSettingsDialog</name>
    <message>
        <source>Check settings</source>
        <translation>检查设置</translation>
    </message>
    <message>
        <source>Search: heartbeat, deploy, warns…</source>
        <translation>搜索：heartbeat、deploy、警告…</translation>
    </message>
    <message>
        <source>Search settings</source>
        <translation>搜索设置</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>They hold for this capture. Double-click a value to change it; times are written 500ms, 5s or 2min, shares 0.25 or 25%, moments 2026-11-27T12:30:00Z.</source>
        <translation>它们对这个捕获有效。双击值即可修改；时间写作 500ms、5s 或 2min，比例写作 0.25 或 25%，时刻写作 2026-11-27T12:30:00Z。</translation>
    </message>
    <message>
        <source>Judge with these</source>
        <translation>按这些判断</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Restore defaults</source>
        <translation>恢复默认</translation>
    </message>
    <message>
        <source>Load…</source>
        <translation>载入…</translation>
    </message>
    <message>
        <source>Load settings</source>
        <translation>载入设置</translation>
    </message>
    <message>
        <source>Settings (*.json)</source>
        <translation>设置 (*.json)</translation>
    </message>
    <message>
        <source>Save…</source>
        <translation>保存…</translation>
    </message>
    <message>
        <source>Save settings</source>
        <translation>保存设置</translation>
    </message>
    <message>
        <source>%1 cannot be read: %2</source>
        <translation>无法读取 %1：%2</translation>
    </message>
    <message>
        <source>%1 cannot be used. %2</source>
        <translation>%1 无法使用。%2</translation>
    </message>
    <message>
        <source>%1 cannot be written: %2</source>
        <translation>无法写入 %1：%2</translation>
    </message>
    <message>
        <source>Saved: the values that are not the defaults.</source>
        <translation>已保存：与默认值不同的值。</translation>
    </message>
</context>
<context>
    <name>frameglass::ui::CheckSettingsModel</name>
    <message>
        <source>What it is</source>
        <translation>说明</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>值</translation>
    </message>
    <message>
        <source>Default</source>
        <translation>默认</translation>
    </message>
</context>
<context>
    <name>frameglass::ui::ChecklistModel</name>
    <message>
        <source>info</source>
        <translation>提示</translation>
    </message>
    <message>
        <source>low</source>
        <translation>低</translation>
    </message>
    <message>
        <source>medium</source>
        <translation>中</translation>
    </message>
    <message>
        <source>high</source>
        <translation>高</translation>
    </message>
    <message>
        <source>blocker</source>
        <translation>阻断</translation>
    </message>
    <message>
        <source>Root cause</source>
        <translation>根本原因</translation>
    </message>
    <message>
        <source>Check</source>
        <translation>检查项</translation>
    </message>
    <message>
        <source>What was seen</source>
        <translation>所见情况</translation>
    </message>
    <message>
        <source>Severity</source>
        <translation>严重程度</translation>
    </message>
    <message>
        <source>Who ended it</source>
        <translation>谁结束了它</translation>
    </message>
    <message>
        <source>What clients do with it</source>
        <translation>客户端会怎样对待它</translation>
    </message>
</context>
<context>
    <name>frameglass::ui::ChecklistView</name>
    <message>
        <source>Checklist</source>
        <translation>检查清单</translation>
    </message>
    <message>
        <source>Also show the checks that could not be judged, with the reason why</source>
        <translation>同时显示无法判定的检查及其原因</translation>
    </message>
    <message>
        <source>Choose a check to see its evidence, its likely causes and what to change.</source>
        <translation>选择一项检查，查看其证据、可能的原因以及应作的更改。</translation>
    </message>
    <message>
        <source>A listener is not judged. Each connection that it accepted is in the list.</source>
        <translation>监听端不作判定。它接受的每个连接都在列表中。</translation>
    </message>
    <message>
        <source>No connection is selected. Connect to a server, or open a capture.</source>
        <translation>未选择连接。请连接到服务器，或打开抓包文件。</translation>
    </message>
    <message>
        <source>Not judged: %1</source>
        <translation>未判定：%1</translation>
    </message>
    <message>
        <source>Settings…</source>
        <translation>设置…</translation>
    </message>
    <message>
        <source>Change the thresholds of the checks, and declare what they cannot see</source>
        <translation>修改检查的阈值，并声明检查看不到的情况</translation>
    </message>
</context>
<context>
    <name>frameglass::ui::Composer</name>
    <message>
        <source>Unknown command. Known are /ping, /pong and /close; begin with // to send a slash</source>
        <translation>未知命令。可用命令有 /ping、/pong 和 /close；以 // 开头可发送斜杠</translation>
    </message>
    <message>
        <source>A ping or pong carries at most 125 octets</source>
        <translation>ping 或 pong 最多携带 125 字节</translation>
    </message>
    <message>
        <source>A close code is a number from 0 to 65535</source>
        <translation>关闭码是 0 到 65535 之间的数字</translation>
    </message>
    <message>
        <source>A close reason has at most 123 octets</source>
        <translation>关闭原因最长 123 字节</translation>
    </message>
    <message>
        <source>A ping or pong carries at most 125 octets; this has %1</source>
        <translation>ping 或 pong 最多携带 125 字节；当前为 %1</translation>
    </message>
    <message>
        <source>A close reason has at most 123 octets; this has %1</source>
        <translation>关闭原因最长 123 字节；当前为 %1</translation>
    </message>
    <message>
        <source>A reason needs a code before it</source>
        <translation>关闭原因之前必须有关闭码</translation>
    </message>
    <message>
        <source>Send (Ctrl+Enter)</source>
        <translation>发送（Ctrl+Enter）</translation>
    </message>
    <message>
        <source>The closing handshake has begun: only a raw frame can be sent</source>
        <translation>关闭握手已开始：只能发送原始帧</translation>
    </message>
    <message>
        <source>Connect first: nothing is open to send to</source>
        <translation>请先连接：没有可供发送的已打开连接</translation>
    </message>
    <message>
        <source>text</source>
        <translation>文本</translation>
    </message>
    <message>
        <source>binary</source>
        <translation>二进制</translation>
    </message>
    <message>
        <source>ping</source>
        <translation>ping</translation>
    </message>
    <message>
        <source>pong</source>
        <translation>pong</translation>
    </message>
    <message>
        <source>close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>raw frame</source>
        <translation>原始帧</translation>
    </message>
    <message>
        <source>What to send</source>
        <translation>发送内容的类型</translation>
    </message>
    <message>
        <source>Message, or /ping, /pong, /close 1000 bye</source>
        <translation>消息，或 /ping、/pong、/close 1000 bye</translation>
    </message>
    <message>
        <source>Octets in hex: 01 02 ff</source>
        <translation>十六进制字节：01 02 ff</translation>
    </message>
    <message>
        <source>Payload; empty for an id and time of our own, so that the pong can be matched</source>
        <translation>载荷；留空则使用自带的编号和时间，以便匹配 pong</translation>
    </message>
    <message>
        <source>Payload</source>
        <translation>载荷</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>原因</translation>
    </message>
    <message>
        <source>Message to send</source>
        <translation>要发送的消息</translation>
    </message>
    <message>
        <source>no code</source>
        <translation>无关闭码</translation>
    </message>
    <message>
        <source>Close code</source>
        <translation>关闭码</translation>
    </message>
    <message>
        <source>Close code; codes that must not be sent can be sent here too</source>
        <translation>关闭码；此处也可发送禁止发送的关闭码</translation>
    </message>
    <message>
        <source>Fragments</source>
        <translation>分片数</translation>
    </message>
    <message>
        <source>Send the message in that many frames</source>
        <translation>把消息分成这么多帧发送</translation>
    </message>
    <message>
        <source>Send</source>
        <translation>发送</translation>
    </message>
</context>
<context>
    <name>frameglass::ui::ConnectionListModel</name>
    <message>
        <source>Echo :%1</source>
        <translation>回显 :%1</translation>
    </message>
    <message>
        <source>client</source>
        <translation>客户端</translation>
    </message>
    <message>
        <source>listening</source>
        <translation>监听中</translation>
    </message>
    <message>
        <source>stopped</source>
        <translation>已停止</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>cut short</source>
        <comment>the capture ends before the connection does</comment>
        <translation>记录中断</translation>
    </message>
    <message>
        <source>connecting %1</source>
        <translation>正在连接 %1</translation>
    </message>
    <message>
        <source>open %1</source>
        <translation>已打开 %1</translation>
    </message>
    <message>
        <source>closing</source>
        <translation>正在关闭</translation>
    </message>
    <message numerus="yes">
        <source>%n attempts</source>
        <translation>
            <numerusform>%n 次尝试</numerusform>
        </translation>
    </message>
    <message>
        <source>%1, %2, %3</source>
        <comment>connection, state, verdict</comment>
        <translation>%1，%2，%3</translation>
    </message>
    <message>
        <source>not trusted</source>
        <comment>the server&apos;s certificate</comment>
        <translation>不受信任</translation>
    </message>
    <message>
        <source>reading…</source>
        <comment>the capture is not read to its end yet</comment>
        <translation>读取中…</translation>
    </message>
</context>
<context>
    <name>frameglass::ui::ConnectionPanel</name>
    <message>
        <source>Removed %1</source>
        <translation>已移除 %1</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>Connections</source>
        <translation>连接</translation>
    </message>
    <message>
        <source>New connection (Ctrl+N)</source>
        <translation>新建连接（Ctrl+N）</translation>
    </message>
    <message>
        <source>New connection</source>
        <translation>新建连接</translation>
    </message>
    <message>
        <source>Find in the list of connections</source>
        <translation>在连接列表中查找</translation>
    </message>
    <message>
        <source>Find</source>
        <translation>查找</translation>
    </message>
    <message>
        <source>remove %1</source>
        <translation>移除 %1</translation>
    </message>
    <message>
        <source>Remove what is live?</source>
        <translation>移除仍在进行的内容？</translation>
    </message>
    <message>
        <source>The echo server is running. Removing it stops it and closes its connections.</source>
        <translation>回显服务器正在运行。移除它会停止服务器并关闭其连接。</translation>
    </message>
    <message>
        <source>The connection to %1 is open. Removing it closes it.</source>
        <translation>到 %1 的连接仍然打开。移除它会关闭该连接。</translation>
    </message>
    <message>
        <source>Stop and remove</source>
        <translation>停止并移除</translation>
    </message>
    <message>
        <source>Close and remove</source>
        <translation>关闭并移除</translation>
    </message>
</context>
<context>
    <name>frameglass::ui::DeflateField</name>
    <message>
        <source>“%1” is no parameter of permessage-deflate (RFC 7692 §7.1)</source>
        <translation>“%1”不是 permessage-deflate 的参数（RFC 7692 §7.1）</translation>
    </message>
    <message>
        <source>A server has one set of parameters: no commas</source>
        <translation>服务器只有一组参数：不能有逗号</translation>
    </message>
    <message>
        <source>Offer compression</source>
        <translation>提议压缩</translation>
    </message>
    <message>
        <source>Accept compression</source>
        <translation>接受压缩</translation>
    </message>
    <message>
        <source>permessage-deflate, RFC 7692</source>
        <translation>permessage-deflate，RFC 7692</translation>
    </message>
    <message>
        <source>no parameters</source>
        <translation>无参数</translation>
    </message>
    <message>
        <source>as the client offers</source>
        <translation>按客户端的提议</translation>
    </message>
    <message>
        <source>Parameters of permessage-deflate</source>
        <translation>permessage-deflate 的参数</translation>
    </message>
    <message>
        <source>server_no_context_takeover, client_no_context_takeover, server_max_window_bits=8 to 15, client_max_window_bits[=8 to 15]; separated by semicolons</source>
        <translation>server_no_context_takeover、client_no_context_takeover、server_max_window_bits=8 到 15、client_max_window_bits[=8 到 15]；以分号分隔</translation>
    </message>
</context>
<context>
    <name>frameglass::ui::FileField</name>
    <message>
        <source>Choose a file: %1</source>
        <translation>选择文件：%1</translation>
    </message>
</context>
<context>
    <name>frameglass::ui::FilterBar</name>
    <message>
        <source>Filter, for example websocket.opcode == ping</source>
        <translation>过滤，例如 websocket.opcode == ping</translation>
    </message>
    <message>
        <source>Filter of the timeline</source>
        <translation>时间线过滤器</translation>
    </message>
    <message>
        <source>Show only records that match (Ctrl+F). Down shows what may stand here, Enter applies it.</source>
        <translation>仅显示匹配的记录 (Ctrl+F)。向下键显示此处可填的内容，回车应用。</translation>
    </message>
    <message>
        <source>Filters used before and saved ones</source>
        <translation>以前用过的和已保存的过滤器</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Stop searching; what was found stays</source>
        <translation>停止搜索；已找到的保留</translation>
    </message>
    <message>
        <source>Saved</source>
        <translation>已保存</translation>
    </message>
    <message>
        <source>Forget this filter</source>
        <translation>移除此过滤器</translation>
    </message>
    <message>
        <source>Save this filter</source>
        <translation>保存此过滤器</translation>
    </message>
    <message>
        <source>Used before</source>
        <translation>以前用过</translation>
    </message>
</context>
<context>
    <name>frameglass::ui::FindBar</name>
    <message>
        <source>Find in payloads</source>
        <translation>在载荷中查找</translation>
    </message>
    <message>
        <source>What to find in payloads</source>
        <translation>要在载荷中查找的内容</translation>
    </message>
    <message>
        <source>Hex</source>
        <translation>十六进制</translation>
    </message>
    <message>
        <source>What is typed are octets in hexadecimal</source>
        <translation>输入的是十六进制的八位组</translation>
    </message>
    <message>
        <source>Previous</source>
        <translation>上一个</translation>
    </message>
    <message>
        <source>The match before the selected row (Shift+F3)</source>
        <translation>选中行之前的匹配（Shift+F3）</translation>
    </message>
    <message>
        <source>Next</source>
        <translation>下一个</translation>
    </message>
    <message>
        <source>The match after the selected row (F3)</source>
        <translation>选中行之后的匹配（F3）</translation>
    </message>
    <message>
        <source>Close (Esc)</source>
        <translation>关闭（Esc）</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>No octets</source>
        <translation>没有八位组</translation>
    </message>
    <message>
        <source>At most %1 octets can be looked for</source>
        <translation>最多可查找 %1 个八位组</translation>
    </message>
    <message>
        <source>Searching…</source>
        <translation>正在查找…</translation>
    </message>
    <message>
        <source>Not found</source>
        <translation>未找到</translation>
    </message>
    <message>
        <source>–</source>
        <translation>–</translation>
    </message>
    <message>
        <source>%1 of %2 so far</source>
        <translation>目前 %2 个中的第 %1 个</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%2 个中的第 %1 个</translation>
    </message>
    <message>
        <source>%1, from the other end</source>
        <translation>%1，从另一端继续</translation>
    </message>
</context>
<context>
    <name>frameglass::ui::FindingPanel</name>
    <message>
        <source>The chosen check</source>
        <translation>所选检查</translation>
    </message>
    <message>
        <source>Copy fix</source>
        <translation>复制修复方法</translation>
    </message>
    <message>
        <source>Copy what to change to the clipboard</source>
        <translation>把应作的更改复制到剪贴板</translation>
    </message>
    <message>
        <source>severity %1</source>
        <translation>严重程度 %1</translation>
    </message>
    <message>
        <source>Follows from</source>
        <translation>源于</translation>
    </message>
    <message>
        <source>Evidence</source>
        <translation>证据</translation>
    </message>
    <message>
        <source>Likely causes, likeliest first</source>
        <translation>可能的原因，可能性最大的在前</translation>
    </message>
    <message>
        <source>How to tell: %1</source>
        <translation>判断方法：%1</translation>
    </message>
    <message>
        <source>What to change</source>
        <translation>应作的更改</translation>
    </message>
    <message>
        <source>Where it is written</source>
        <translation>出处</translation>
    </message>
    <message>
        <source>Who ended it</source>
        <translation>谁结束了它</translation>
    </message>
    <message>
        <source>What would tell</source>
        <translation>什么能说明</translation>
    </message>
    <message>
        <source>What was observed</source>
        <translation>观察到什么</translation>
    </message>
    <message>
        <source>What clients do with this answer</source>
        <translation>客户端会怎样对待此应答</translation>
    </message>
    <message>
        <source>As these clients did when they were given answers like it.</source>
        <translation>依据这些客户端收到类似应答时的实际表现。</translation>
    </message>
    <message>
        <source>%1; at the end %2</source>
        <translation>%1；结束时%2</translation>
    </message>
    <message>
        <source>because of: %1</source>
        <translation>原因：%1</translation>
    </message>
</context>
<context>
    <name>frameglass::ui::GuideWindow</name>
    <message>
        <source>Reading the window</source>
        <translation>认识窗口</translation>
    </message>
    <message>
        <source>The line at the top says in one sentence what is wrong; “Why” leads to the check that found it. The line below shows how far the connection came, with the time of each stage; a click leads to the record that shows it. The views show the octets.</source>
        <translation>顶部一行用一句话说明问题所在；“为什么”会转到发现该问题的检查。其下一行显示连接进行到了哪一步以及各阶段的用时；单击可转到相应的记录。各视图则显示字节。</translation>
    </message>
    <message>
        <source>What you select in one view is selected in all. Nothing is lost on the way: also frames that break the rules are recorded as they came.</source>
        <translation>在一个视图中选择的内容，会在所有视图中同时选中。过程中不会丢失任何内容：违反规则的帧也会原样记录。</translation>
    </message>
    <message>
        <source>New connection</source>
        <translation>新建连接</translation>
    </message>
    <message>
        <source>Connect again</source>
        <translation>重新连接</translation>
    </message>
    <message>
        <source>Disconnect</source>
        <translation>断开</translation>
    </message>
    <message>
        <source>Ping now</source>
        <translation>立即 ping</translation>
    </message>
    <message>
        <source>Write a message</source>
        <translation>撰写消息</translation>
    </message>
    <message>
        <source>Send</source>
        <translation>发送</translation>
    </message>
    <message>
        <source>Change the view</source>
        <translation>切换视图</translation>
    </message>
    <message>
        <source>Connection options</source>
        <translation>连接选项</translation>
    </message>
    <message>
        <source>Echo server</source>
        <translation>回显服务器</translation>
    </message>
    <message>
        <source>Space</source>
        <translation>空格</translation>
    </message>
    <message>
        <source>Pause the timeline</source>
        <translation>暂停时间线</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>快捷键</translation>
    </message>
    <message>
        <source>Commands in the message field</source>
        <translation>消息输入框中的命令</translation>
    </message>
    <message>
        <source>A ping with an id and time of our own</source>
        <translation>带有自带编号和时间的 ping</translation>
    </message>
    <message>
        <source>A ping with that payload</source>
        <translation>带有该载荷的 ping</translation>
    </message>
    <message>
        <source>An unasked pong</source>
        <translation>主动发送的 pong</translation>
    </message>
    <message>
        <source>The closing handshake with code and reason</source>
        <translation>带关闭码和原因的关闭握手</translation>
    </message>
    <message>
        <source>A message that begins with a slash</source>
        <translation>以斜杠开头的消息</translation>
    </message>
    <message>
        <source>The checks</source>
        <translation>检查</translation>
    </message>
    <message>
        <source>User guide</source>
        <translation>用户指南</translation>
    </message>
    <message>
        <source>Clear the timeline</source>
        <translation>清空时间线</translation>
    </message>
    <message>
        <source>Undo a removal or clearing</source>
        <translation>撤销移除或清空</translation>
    </message>
    <message>
        <source>Filter the timeline</source>
        <translation>过滤时间线</translation>
    </message>
    <message>
        <source>Export records</source>
        <translation>导出记录</translation>
    </message>
    <message>
        <source>Filters</source>
        <translation>过滤器</translation>
    </message>
    <message>
        <source>A filter shows only the records that match. &amp;&amp; and || join conditions, ! negates, parentheses group. What can be asked:</source>
        <translation>过滤器只显示匹配的记录。&amp;&amp; 和 || 连接条件，! 取反，括号分组。可查询的内容：</translation>
    </message>
</context>
<context>
    <name>frameglass::ui::HandshakeView</name>
    <message>
        <source>Raw octets</source>
        <translation>原始字节</translation>
    </message>
    <message>
        <source>Show both heads as octets with their line endings</source>
        <translation>以字节形式显示请求头和响应头及其行结束符</translation>
    </message>
    <message>
        <source>Show secrets</source>
        <translation>显示机密信息</translation>
    </message>
    <message>
        <source>Show the values of credentials, cookies and tokens</source>
        <translation>显示凭据、cookie 和令牌的值</translation>
    </message>
    <message>
        <source>Hexadecimal</source>
        <translation>十六进制</translation>
    </message>
    <message>
        <source>Body of the response</source>
        <translation>响应体</translation>
    </message>
    <message>
        <source>Body of the response, raw octets</source>
        <translation>响应体，原始字节</translation>
    </message>
    <message>
        <source>A listener has no handshake of its own. Each connection that it accepted is in the list.</source>
        <translation>监听端自身没有握手。它接受的每个连接都在列表中。</translation>
    </message>
    <message>
        <source>Waiting for the first octets.</source>
        <translation>正在等待第一批字节。</translation>
    </message>
    <message>
        <source>The connection ended during this stage: %1.</source>
        <translation>连接在此阶段结束：%1。</translation>
    </message>
    <message>
        <source>%1 under way for %2.</source>
        <translation>%1 已进行 %2。</translation>
    </message>
    <message>
        <source>%1 %2 after %3</source>
        <translation>%1%2，用时 %3</translation>
    </message>
    <message>
        <source>%1 later</source>
        <translation>%1 后</translation>
    </message>
    <message>
        <source>never became whole</source>
        <translation>始终不完整</translation>
    </message>
    <message>
        <source>Request</source>
        <translation>请求</translation>
    </message>
    <message>
        <source>Response</source>
        <translation>响应</translation>
    </message>
    <message>
        <source>No request was exchanged.</source>
        <translation>没有交换过请求。</translation>
    </message>
    <message>
        <source>No request yet.</source>
        <translation>尚无请求。</translation>
    </message>
    <message>
        <source>Before it, informational</source>
        <translation>在此之前的信息性响应</translation>
    </message>
    <message>
        <source>No response came.</source>
        <translation>没有收到响应。</translation>
    </message>
    <message>
        <source>No response yet.</source>
        <translation>尚无响应。</translation>
    </message>
    <message>
        <source>Body of the response · %1 octets</source>
        <translation>响应体 · %1 字节</translation>
    </message>
    <message>
        <source>the first %1 are kept</source>
        <translation>保留前 %1</translation>
    </message>
    <message>
        <source>The response has no body.</source>
        <translation>响应没有响应体。</translation>
    </message>
    <message>
        <source>No body yet.</source>
        <translation>尚无响应体。</translation>
    </message>
    <message>
        <source>No connection is selected. Connect to a server, or open a capture.</source>
        <translation>未选择连接。请连接到服务器，或打开抓包文件。</translation>
    </message>
    <message>
        <source>Compression: %1</source>
        <translation>压缩：%1</translation>
    </message>
    <message>
        <source>Proxy</source>
        <translation>代理</translation>
    </message>
    <message>
        <source>What was asked of the proxy, and its answer</source>
        <translation>向代理请求的内容及其应答</translation>
    </message>
    <message>
        <source>What TLS agreed on, its messages and the certificates</source>
        <translation>TLS 协商的结果、消息和证书</translation>
    </message>
    <message>
        <source>Request and response</source>
        <translation>请求与响应</translation>
    </message>
    <message>
        <source>The heads of the opening handshake</source>
        <translation>打开握手的头部</translation>
    </message>
    <message>
        <source>Request to the proxy</source>
        <translation>给代理的请求</translation>
    </message>
    <message>
        <source>The proxy&apos;s answer</source>
        <translation>代理的应答</translation>
    </message>
    <message>
        <source>SOCKS5 has no heads; the timeline shows its answer.</source>
        <translation>SOCKS5 没有头部；时间线显示其应答。</translation>
    </message>
    <message>
        <source>No head was exchanged.</source>
        <translation>没有交换头部。</translation>
    </message>
    <message>
        <source>TLS: %1</source>
        <translation>TLS：%1</translation>
    </message>
</context>
<context>
    <name>frameglass::ui::HeadPanel</name>
    <message>
        <source>%1, raw octets</source>
        <translation>%1，原始字节</translation>
    </message>
    <message>
        <source>Field</source>
        <translation>字段</translation>
    </message>
    <message>
        <source>Value as sent</source>
        <translation>发送的值</translation>
    </message>
    <message>
        <source>Judgement</source>
        <translation>判定</translation>
    </message>
    <message>
        <source>start line</source>
        <translation>起始行</translation>
    </message>
</context>
<context>
    <name>frameglass::ui::HeaderEditor</name>
    <message>
        <source>remove header %1</source>
        <translation>移除头字段 %1</translation>
    </message>
    <message>
        <source>A header needs a name</source>
        <translation>头字段需要名称</translation>
    </message>
    <message>
        <source>“%1” is no header name</source>
        <translation>“%1”不是头字段名称</translation>
    </message>
    <message>
        <source>The value of %1 must stay on one line</source>
        <translation>%1 的值必须在一行之内</translation>
    </message>
    <message>
        <source>Extra headers; -Name leaves one out</source>
        <translation>附加头字段；-名称 表示去掉该字段</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>值</translation>
    </message>
    <message>
        <source>Extra headers</source>
        <translation>额外的头字段</translation>
    </message>
    <message>
        <source>Add a header</source>
        <translation>添加头字段</translation>
    </message>
    <message>
        <source>Remove this header</source>
        <translation>移除此头字段</translation>
    </message>
    <message>
        <source>Move up</source>
        <translation>上移</translation>
    </message>
    <message>
        <source>Move down</source>
        <translation>下移</translation>
    </message>
</context>
<context>
    <name>frameglass::ui::HeartbeatView</name>
    <message>
        <source>sent</source>
        <translation>发送</translation>
    </message>
    <message>
        <source>answered</source>
        <translation>已应答</translation>
    </message>
    <message>
        <source>late</source>
        <translation>迟到</translation>
    </message>
    <message>
        <source>missed</source>
        <translation>漏掉</translation>
    </message>
    <message>
        <source>unsolicited</source>
        <translation>非请求</translation>
    </message>
    <message>
        <source>fastest</source>
        <translation>最快</translation>
    </message>
    <message>
        <source>median</source>
        <translation>中位数</translation>
    </message>
    <message>
        <source>99 of 100 within</source>
        <translation>99% 不超过</translation>
    </message>
    <message>
        <source>Pongs that came after their time-out</source>
        <translation>超时之后才到达的 pong</translation>
    </message>
    <message>
        <source>Pongs that answer none of our pings</source>
        <translation>未应答本端任何 ping 的 pong</translation>
    </message>
    <message>
        <source>Heartbeat in figures</source>
        <translation>心跳数据</translation>
    </message>
    <message>
        <source>Pings, newest first</source>
        <translation>Ping，最新的在前</translation>
    </message>
    <message>
        <source>Your pings every %1</source>
        <translation>本端每 %1 发送一次 ping</translation>
    </message>
    <message>
        <source>Your pings are sent by hand</source>
        <translation>本端手动发送 ping</translation>
    </message>
    <message>
        <source>This end sends no pings</source>
        <translation>本端不发送 ping</translation>
    </message>
    <message>
        <source>last pong after %1</source>
        <translation>上次 pong 在 %1 后到达</translation>
    </message>
    <message>
        <source>no pong yet</source>
        <translation>尚无 pong</translation>
    </message>
    <message>
        <source>next due in %1 s</source>
        <translation>下一次在 %1 秒后</translation>
    </message>
    <message>
        <source>A listener has no heartbeat of its own. Each connection that it accepted is in the list.</source>
        <translation>监听端自身没有心跳。它接受的每个连接都在列表中。</translation>
    </message>
    <message>
        <source>The connection never opened, so there was no heartbeat.</source>
        <translation>连接从未打开，因此没有心跳。</translation>
    </message>
    <message>
        <source>The heartbeat begins once the connection is open.</source>
        <translation>连接打开后心跳才会开始。</translation>
    </message>
    <message>
        <source>Nobody pinged while the connection was open.</source>
        <translation>连接打开期间，双方都没有发送 ping。</translation>
    </message>
    <message>
        <source>no pings</source>
        <translation>没有 ping</translation>
    </message>
    <message>
        <source>, every %1 on average</source>
        <translation>，平均每 %1 一次</translation>
    </message>
    <message>
        <source>, %1 left unanswered on purpose</source>
        <translation>，有意不应答 %1 次</translation>
    </message>
    <message>
        <source>No connection is selected. Connect to a server, or open a capture.</source>
        <translation>未选择连接。请连接到服务器，或打开抓包文件。</translation>
    </message>
    <message>
        <source>%1 missed in a row</source>
        <translation>连续漏掉 %1 次</translation>
    </message>
    <message>
        <source>1 ping</source>
        <translation>1 次 ping</translation>
    </message>
    <message>
        <source>%1 pings</source>
        <translation>%1 次 ping</translation>
    </message>
</context>
<context>
    <name>frameglass::ui::HexView</name>
    <message>
        <source>Copy as hexadecimal</source>
        <translation>复制为十六进制</translation>
    </message>
</context>
<context>
    <name>frameglass::ui::LaneView</name>
    <message>
        <source>Lanes: connections along the time</source>
        <translation>泳道：沿时间排列的连接</translation>
    </message>
    <message>
        <source>about %1 records at %2; zoom in to tell them apart</source>
        <translation>%2 处约有 %1 条记录；放大以区分</translation>
    </message>
</context>
<context>
    <name>frameglass::ui::LifeLine</name>
    <message>
        <source>RTT %1, TCP %2</source>
        <translation>往返 %1，TCP %2</translation>
    </message>
    <message>
        <source>RTT %1</source>
        <translation>往返 %1</translation>
    </message>
    <message>
        <source>resolve</source>
        <translation>解析</translation>
    </message>
    <message>
        <source>TCP</source>
        <translation>TCP</translation>
    </message>
    <message>
        <source>upgrade</source>
        <translation>升级</translation>
    </message>
    <message>
        <source>open</source>
        <translation>已打开</translation>
    </message>
    <message>
        <source>close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Looking up the host&apos;s addresses</source>
        <translation>查找主机的地址</translation>
    </message>
    <message>
        <source>Making the TCP connection</source>
        <translation>建立 TCP 连接</translation>
    </message>
    <message>
        <source>The opening handshake: request out, response head in</source>
        <translation>打开握手：发出请求，收到响应头</translation>
    </message>
    <message>
        <source>How long the connection has been, or was, open</source>
        <translation>连接保持打开的时长</translation>
    </message>
    <message>
        <source>The closing handshake and the end of TCP</source>
        <translation>关闭握手与 TCP 结束</translation>
    </message>
    <message>
        <source>Round trip of the last ping, and the kernel&apos;s own for TCP</source>
        <translation>上次 ping 的往返时间，以及内核测得的 TCP 往返时间</translation>
    </message>
    <message>
        <source>proxy</source>
        <translation>代理</translation>
    </message>
    <message>
        <source>TLS</source>
        <translation>TLS</translation>
    </message>
    <message>
        <source>Asking the proxy to connect to the server</source>
        <translation>正在请求代理连接服务器</translation>
    </message>
    <message>
        <source>The TLS handshake: what it agreed on, and whether the certificate is trusted</source>
        <translation>TLS 握手：协商了什么，证书是否受信任</translation>
    </message>
    <message>
        <source>The server&apos;s certificate is not trusted; it was connected anyway, this once</source>
        <translation>服务器的证书不受信任；仅这一次仍然连接</translation>
    </message>
</context>
<context>
    <name>frameglass::ui::MainWindow</name>
    <message>
        <source>%1 is read-only, so this connection goes into a new capture.</source>
        <translation>%1 是只读的，因此此连接将记入新的抓包文件。</translation>
    </message>
    <message>
        <source>The echo server could not start: %1</source>
        <translation>无法启动回显服务器：%1</translation>
    </message>
    <message>
        <source>Checklist</source>
        <translation>检查清单</translation>
    </message>
    <message>
        <source>Why ▸</source>
        <translation>为什么 ▸</translation>
    </message>
    <message>
        <source>&amp;File</source>
        <translation>文件(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;New connection</source>
        <translation>新建连接(&amp;N)</translation>
    </message>
    <message>
        <source>New &amp;capture</source>
        <translation>新建抓包文件(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Open capture…</source>
        <translation>打开抓包文件(&amp;O)…</translation>
    </message>
    <message>
        <source>Open &amp;recent</source>
        <translation>打开最近的文件(&amp;R)</translation>
    </message>
    <message>
        <source>&amp;Save as…</source>
        <translation>另存为(&amp;S)…</translation>
    </message>
    <message>
        <source>Save a co&amp;py…</source>
        <translation>保存副本(&amp;P)…</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>退出(&amp;Q)</translation>
    </message>
    <message>
        <source>&amp;Edit</source>
        <translation>编辑(&amp;E)</translation>
    </message>
    <message>
        <source>&amp;Copy</source>
        <translation>复制(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Preferences…</source>
        <translation>首选项(&amp;P)…</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>视图(&amp;V)</translation>
    </message>
    <message>
        <source>Handshake</source>
        <translation>握手</translation>
    </message>
    <message>
        <source>Timeline</source>
        <translation>时间线</translation>
    </message>
    <message>
        <source>Heartbeat</source>
        <translation>心跳</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>%1 (Ctrl+%2)</source>
        <translation>%1（Ctrl+%2）</translation>
    </message>
    <message>
        <source>&amp;Theme</source>
        <translation>主题(&amp;T)</translation>
    </message>
    <message>
        <source>As the &amp;system</source>
        <translation>跟随系统(&amp;S)</translation>
    </message>
    <message>
        <source>&amp;Light</source>
        <translation>浅色(&amp;L)</translation>
    </message>
    <message>
        <source>&amp;Dark</source>
        <translation>深色(&amp;D)</translation>
    </message>
    <message>
        <source>&amp;Larger text</source>
        <translation>放大文字(&amp;L)</translation>
    </message>
    <message>
        <source>&amp;Smaller text</source>
        <translation>缩小文字(&amp;S)</translation>
    </message>
    <message>
        <source>&amp;Normal text</source>
        <translation>标准文字(&amp;N)</translation>
    </message>
    <message>
        <source>&amp;Connection</source>
        <translation>连接(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Connect</source>
        <translation>连接(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Disconnect</source>
        <translation>断开(&amp;D)</translation>
    </message>
    <message>
        <source>&amp;Abort with a reset</source>
        <translation>以复位中止(&amp;A)</translation>
    </message>
    <message>
        <source>Connect &amp;again</source>
        <translation>重新连接(&amp;A)</translation>
    </message>
    <message>
        <source>&amp;Ping</source>
        <translation>发送 ping(&amp;P)</translation>
    </message>
    <message>
        <source>&amp;Write a message</source>
        <translation>撰写消息(&amp;W)</translation>
    </message>
    <message>
        <source>&amp;Options</source>
        <translation>选项(&amp;O)</translation>
    </message>
    <message>
        <source>&amp;Echo server</source>
        <translation>回显服务器(&amp;E)</translation>
    </message>
    <message>
        <source>&amp;Remove from the list</source>
        <translation>从列表中移除(&amp;R)</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>帮助(&amp;H)</translation>
    </message>
    <message>
        <source>&amp;User guide</source>
        <translation>用户指南(&amp;U)</translation>
    </message>
    <message>
        <source>&amp;About Frameglass</source>
        <translation>关于 Frameglass(&amp;A)</translation>
    </message>
    <message>
        <source>Server ● :%1</source>
        <translation>服务器 ● :%1</translation>
    </message>
    <message>
        <source>Server</source>
        <translation>服务器</translation>
    </message>
    <message>
        <source>The built-in echo server (Ctrl+Shift+E)</source>
        <translation>内置回显服务器（Ctrl+Shift+E）</translation>
    </message>
    <message>
        <source>Echo server, running</source>
        <translation>回显服务器，运行中</translation>
    </message>
    <message>
        <source>Echo server, stopped</source>
        <translation>回显服务器，已停止</translation>
    </message>
    <message>
        <source>new capture</source>
        <translation>新抓包文件</translation>
    </message>
    <message>
        <source>No captures opened yet</source>
        <translation>尚未打开过抓包文件</translation>
    </message>
    <message>
        <source>About Frameglass</source>
        <translation>关于 Frameglass</translation>
    </message>
    <message>
        <source>Frameglass %1</source>
        <translation>Frameglass %1</translation>
    </message>
    <message>
        <source>Shows what a WebSocket connection really does, and says what is wrong and why.

Free software under the GNU General Public License, version 3 or later. It comes without any warranty.</source>
        <translation>显示 WebSocket 连接实际的行为，并指出问题及其原因。

本程序是自由软件，依据 GNU 通用公共许可证第 3 版或更高版本发布，不提供任何担保。</translation>
    </message>
    <message>
        <source>Save this capture?</source>
        <translation>保存此抓包文件？</translation>
    </message>
    <message>
        <source>This capture has not been saved.</source>
        <translation>此抓包文件尚未保存。</translation>
    </message>
    <message>
        <source>Its live connections end. What is discarded is gone for good.</source>
        <translation>其中的活动连接将结束。放弃的内容无法恢复。</translation>
    </message>
    <message>
        <source>What is discarded is gone for good.</source>
        <translation>放弃的内容无法恢复。</translation>
    </message>
    <message>
        <source>Save…</source>
        <translation>保存…</translation>
    </message>
    <message>
        <source>Discard</source>
        <translation>放弃</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Open a capture</source>
        <translation>打开抓包文件</translation>
    </message>
    <message>
        <source>The program that wrote this capture ended without closing it. Up to a second of records may be missing at the end.</source>
        <translation>写入此抓包文件的程序未关闭文件就已结束。末尾可能缺少最多一秒的记录。</translation>
    </message>
    <message>
        <source>Save the capture</source>
        <translation>保存抓包文件</translation>
    </message>
    <message>
        <source>Save a copy</source>
        <translation>保存副本</translation>
    </message>
    <message>
        <source>The copy leaves out passwords, tokens and cookies.</source>
        <translation>副本中不含密码、令牌和 cookie。</translation>
    </message>
    <message>
        <source>Include them: only for a copy that stays with you</source>
        <translation>包含这些内容：仅用于自己保留的副本</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Copied to %1</source>
        <translation>已复制到 %1</translation>
    </message>
    <message>
        <source>Frameglass captures (*%1)</source>
        <translation>Frameglass 抓包文件 (*%1)</translation>
    </message>
    <message>
        <source>Delete this capture?</source>
        <translation>删除这个抓包？</translation>
    </message>
    <message>
        <source>The capture of %1 was never saved. It is gone for good.</source>
        <translation>%1 的抓包从未保存。删除后无法恢复。</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>C&amp;lear the timeline</source>
        <translation>清空时间线(&amp;L)</translation>
    </message>
    <message>
        <source>&amp;Undo: %1</source>
        <translation>撤销(&amp;U)：%1</translation>
    </message>
    <message>
        <source>&amp;Undo</source>
        <translation>撤销(&amp;U)</translation>
    </message>
    <message>
        <source>&amp;Redo: %1</source>
        <translation>重做(&amp;R)：%1</translation>
    </message>
    <message>
        <source>&amp;Redo</source>
        <translation>重做(&amp;R)</translation>
    </message>
    <message>
        <source>Choose another name, or close the program that writes there.</source>
        <translation>请另选文件名，或关闭正在写入该文件的程序。</translation>
    </message>
    <message>
        <source>Choose a folder that you may write to.</source>
        <translation>请选择一个可以写入的文件夹。</translation>
    </message>
    <message>
        <source>Make room there, or choose another disk.</source>
        <translation>请腾出空间，或选择其他磁盘。</translation>
    </message>
    <message>
        <source>Choose another place, and look whether the disk is in order.</source>
        <translation>请另选位置，并检查磁盘是否正常。</translation>
    </message>
    <message>
        <source>Not saved. %1 %2 Nothing of the capture is lost.</source>
        <comment>what went wrong, what to do</comment>
        <translation>未保存。%1%2抓包没有丢失任何内容。</translation>
    </message>
    <message>
        <source>Saving to %1 was cancelled.</source>
        <translation>已取消保存到 %1。</translation>
    </message>
    <message>
        <source>&amp;Export records…</source>
        <translation>导出记录(&amp;E)…</translation>
    </message>
    <message>
        <source>&amp;Filter the timeline</source>
        <translation>过滤时间线(&amp;F)</translation>
    </message>
    <message>
        <source>The redirect is not followed: %1</source>
        <translation>没有跟随重定向：%1</translation>
    </message>
    <message>
        <source>Not exported: another file is being written. Try again.</source>
        <translation>未导出：正在写入另一个文件。请重试。</translation>
    </message>
    <message>
        <source>Exported to %1</source>
        <translation>已导出到 %1</translation>
    </message>
    <message>
        <source>Export records</source>
        <translation>导出记录</translation>
    </message>
    <message>
        <source>CSV (*.csv)</source>
        <translation>CSV (*.csv)</translation>
    </message>
    <message>
        <source>JSON Lines (*.jsonl)</source>
        <translation>JSON Lines (*.jsonl)</translation>
    </message>
    <message>
        <source>&amp;Report…</source>
        <translation>报告(&amp;R)…</translation>
    </message>
    <message>
        <source>Report</source>
        <translation>报告</translation>
    </message>
    <message>
        <source>Save what is wrong, why and what to change, to send or to attach (Ctrl+R)</source>
        <translation>保存哪里有错、为什么、该改什么，用于发送或附加（Ctrl+R）</translation>
    </message>
    <message>
        <source>Not reported: another file is being written. Try again.</source>
        <translation>未写报告：另一个文件正在写入。请再试一次。</translation>
    </message>
    <message>
        <source>Report saved to %1</source>
        <translation>报告已保存到 %1</translation>
    </message>
    <message>
        <source>C&amp;heck settings…</source>
        <translation>检查设置(&amp;H)…</translation>
    </message>
    <message>
        <source>Find in pa&amp;yloads…</source>
        <translation>在载荷中查找(&amp;Y)…</translation>
    </message>
    <message>
        <source>Find &amp;next</source>
        <translation>查找下一个(&amp;N)</translation>
    </message>
    <message>
        <source>Find pre&amp;vious</source>
        <translation>查找上一个(&amp;V)</translation>
    </message>
</context>
<context>
    <name>frameglass::ui::NoticeBar</name>
    <message>
        <source>Hide this notice</source>
        <translation>隐藏此通知</translation>
    </message>
</context>
<context>
    <name>frameglass::ui::OptionsDrawer</name>
    <message>
        <source>“%1” is no subprotocol name: letters, digits and . - _ only</source>
        <translation>“%1”不是子协议名称：只能使用字母、数字和 . - _</translation>
    </message>
    <message>
        <source>Must stay on one line</source>
        <translation>必须在一行之内</translation>
    </message>
    <message>
        <source>A user name for Basic has no colon (RFC 7617)</source>
        <translation>Basic 的用户名不能含冒号（RFC 7617）</translation>
    </message>
    <message>
        <source>A bearer token has no spaces</source>
        <translation>Bearer 令牌不能含空格</translation>
    </message>
    <message>
        <source>Subprotocols</source>
        <translation>子协议</translation>
    </message>
    <message>
        <source>names, separated by commas</source>
        <translation>名称，以逗号分隔</translation>
    </message>
    <message>
        <source>Origin</source>
        <translation>来源（Origin）</translation>
    </message>
    <message>
        <source>none, or https://app.example</source>
        <translation>无，或 https://app.example</translation>
    </message>
    <message>
        <source>Sign-in</source>
        <translation>登录</translation>
    </message>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
    <message>
        <source>Basic</source>
        <translation>Basic</translation>
    </message>
    <message>
        <source>Bearer</source>
        <translation>Bearer</translation>
    </message>
    <message>
        <source>user</source>
        <translation>用户</translation>
    </message>
    <message>
        <source>password</source>
        <translation>密码</translation>
    </message>
    <message>
        <source>token</source>
        <translation>令牌</translation>
    </message>
    <message>
        <source>Cookies</source>
        <translation>Cookie</translation>
    </message>
    <message>
        <source>Ping every</source>
        <translation>Ping 间隔</translation>
    </message>
    <message>
        <source>Ping interval</source>
        <translation>Ping 间隔</translation>
    </message>
    <message>
        <source>missed after</source>
        <translation>漏掉判定时限</translation>
    </message>
    <message>
        <source>Answer pings</source>
        <translation>应答 ping</translation>
    </message>
    <message>
        <source>at once</source>
        <translation>立即</translation>
    </message>
    <message>
        <source>never</source>
        <translation>从不</translation>
    </message>
    <message>
        <source>later</source>
        <translation>延迟</translation>
    </message>
    <message>
        <source>Withhold or delay pongs to see what the server does about it</source>
        <translation>不发送或延迟发送 pong，观察服务器的反应</translation>
    </message>
    <message>
        <source>Delay of pongs</source>
        <translation>pong 的延迟</translation>
    </message>
    <message>
        <source>Time limits</source>
        <translation>时限</translation>
    </message>
    <message>
        <source>Resolve</source>
        <translation>解析</translation>
    </message>
    <message>
        <source>TCP</source>
        <translation>TCP</translation>
    </message>
    <message>
        <source>Upgrade</source>
        <translation>升级</translation>
    </message>
    <message>
        <source>Close reply</source>
        <translation>关闭应答</translation>
    </message>
    <message>
        <source> s</source>
        <comment>seconds</comment>
        <translation> 秒</translation>
    </message>
    <message>
        <source>Keep going after violations</source>
        <translation>出现违规后继续</translation>
    </message>
    <message>
        <source>Note what breaks the rules and read on, instead of failing the connection</source>
        <translation>记录违反规则之处并继续读取，而不是判定连接失败</translation>
    </message>
    <message>
        <source>WebSocket</source>
        <translation>WebSocket</translation>
    </message>
    <message>
        <source>TLS</source>
        <translation>TLS</translation>
    </message>
    <message>
        <source>Proxy and addresses</source>
        <translation>代理与地址</translation>
    </message>
    <message>
        <source>Pages of the options</source>
        <translation>选项的页面</translation>
    </message>
    <message>
        <source>Proxy</source>
        <translation>代理</translation>
    </message>
</context>
<context>
    <name>frameglass::ui::PingModel</name>
    <message>
        <source>waiting for its pong</source>
        <translation>等待 pong</translation>
    </message>
    <message>
        <source>answered</source>
        <translation>已应答</translation>
    </message>
    <message>
        <source>answered late</source>
        <translation>应答过迟</translation>
    </message>
    <message>
        <source>answered with another payload</source>
        <translation>以其他载荷应答</translation>
    </message>
    <message>
        <source>missed</source>
        <translation>漏掉</translation>
    </message>
    <message>
        <source>Sent at</source>
        <translation>发送时间</translation>
    </message>
    <message>
        <source>Ping</source>
        <translation>Ping</translation>
    </message>
    <message>
        <source>Outcome</source>
        <translation>结果</translation>
    </message>
    <message>
        <source>Round trip</source>
        <translation>往返时间</translation>
    </message>
    <message>
        <source>TCP&apos;s own</source>
        <translation>TCP 自身</translation>
    </message>
</context>
<context>
    <name>frameglass::ui::PreferencesDialog</name>
    <message>
        <source>Preferences</source>
        <translation>首选项</translation>
    </message>
    <message>
        <source>Look</source>
        <translation>外观</translation>
    </message>
    <message>
        <source>&amp;Language</source>
        <translation>语言(&amp;L)</translation>
    </message>
    <message>
        <source>&amp;Theme</source>
        <translation>主题(&amp;T)</translation>
    </message>
    <message>
        <source>as the system</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>Text &amp;size</source>
        <translation>文字大小(&amp;S)</translation>
    </message>
    <message>
        <source>T&amp;imes</source>
        <translation>时间(&amp;I)</translation>
    </message>
    <message>
        <source>Limits</source>
        <translation>限制</translation>
    </message>
    <message>
        <source>What a peer can make Frameglass hold. For new connections and the next start of the server.</source>
        <translation>对端最多能让 Frameglass 占用多少资源。对新连接和服务器的下次启动生效。</translation>
    </message>
    <message>
        <source>Head</source>
        <translation>头部</translation>
    </message>
    <message>
        <source>Lines of a head</source>
        <translation>头部行数</translation>
    </message>
    <message>
        <source>Frame</source>
        <translation>帧</translation>
    </message>
    <message>
        <source>Message</source>
        <translation>消息</translation>
    </message>
    <message>
        <source>Fragments of a message</source>
        <translation>一条消息的分片数</translation>
    </message>
    <message>
        <source>Body of a refusal</source>
        <translation>拒绝响应的响应体</translation>
    </message>
    <message>
        <source>Connections of the server</source>
        <translation>服务器的连接数</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Message, inflated</source>
        <translation>解压后的消息</translation>
    </message>
    <message>
        <source>Unsent to a slow reader</source>
        <translation>给慢速读取方的未发数据</translation>
    </message>
    <message>
        <source>Time it has to go on</source>
        <translation>其继续读取的时限</translation>
    </message>
    <message>
        <source>Time for a request</source>
        <translation>请求的时限</translation>
    </message>
</context>
<context>
    <name>frameglass::ui::ProxyFields</name>
    <message>
        <source>Which proxy, for example http://proxy.example:3128</source>
        <translation>使用哪个代理，例如 http://proxy.example:3128</translation>
    </message>
    <message>
        <source>A proxy begins with http:// or socks5://</source>
        <translation>代理以 http:// 或 socks5:// 开头</translation>
    </message>
    <message>
        <source>Proxies that are spoken to over TLS are not supported; most take http:// too, and wss:// stays encrypted through it</source>
        <translation>不支持通过 TLS 访问的代理；大多也接受 http://，而 wss:// 穿过它时仍是加密的</translation>
    </message>
    <message>
        <source>The host of the proxy is missing</source>
        <translation>缺少代理的主机</translation>
    </message>
    <message>
        <source>This is no valid host name or address</source>
        <translation>这不是有效的主机名或地址</translation>
    </message>
    <message>
        <source>The port must be a number from 1 to 65535</source>
        <translation>端口必须是 1 到 65535 的数字</translation>
    </message>
    <message>
        <source>User or password are longer than such a proxy can take</source>
        <translation>用户名或密码超过了这种代理能接受的长度</translation>
    </message>
    <message>
        <source>This character must be percent-encoded</source>
        <translation>此字符必须百分号编码</translation>
    </message>
    <message>
        <source>“%1” is no IPv4 or IPv6 address</source>
        <translation>“%1”不是 IPv4 或 IPv6 地址</translation>
    </message>
    <message>
        <source>Proxy</source>
        <translation>代理</translation>
    </message>
    <message>
        <source>as the system says</source>
        <translation>按系统设置</translation>
    </message>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
    <message>
        <source>this one</source>
        <translation>此代理</translation>
    </message>
    <message>
        <source>The system&apos;s: HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY, else its settings; never to this computer itself</source>
        <translation>系统的代理：HTTPS_PROXY、HTTP_PROXY、ALL_PROXY 和 NO_PROXY，否则用系统设置；连接本机时从不使用</translation>
    </message>
    <message>
        <source>Its address</source>
        <translation>其地址</translation>
    </message>
    <message>
        <source>Its sign-in</source>
        <translation>其登录</translation>
    </message>
    <message>
        <source>user</source>
        <translation>用户</translation>
    </message>
    <message>
        <source>password</source>
        <translation>密码</translation>
    </message>
    <message>
        <source>User of the proxy</source>
        <translation>代理的用户名</translation>
    </message>
    <message>
        <source>Password of the proxy</source>
        <translation>代理的密码</translation>
    </message>
    <message>
        <source>Server&apos;s addresses</source>
        <translation>服务器地址</translation>
    </message>
    <message>
        <source>as its name resolves</source>
        <translation>按名称解析</translation>
    </message>
    <message>
        <source>Connect to these instead, in this order; separated by commas. Not through a proxy</source>
        <translation>改为按此顺序连接这些地址；以逗号分隔。不经代理</translation>
    </message>
    <message>
        <source>“%1” is no IPv4 or IPv6 address with an optional port</source>
        <translation>“%1”不是 IPv4 或 IPv6 地址（可带端口）</translation>
    </message>
    <message>
        <source>Redirects</source>
        <translation>重定向</translation>
    </message>
    <message>
        <source>not followed</source>
        <translation>不跟随</translation>
    </message>
    <message>
        <source>at most </source>
        <translation>最多 </translation>
    </message>
    <message>
        <source>Redirects are followed up to this many, each with a connection of its own; credentials and cookies stay with their server. Browsers follow none</source>
        <translation>最多跟随这么多次重定向，每次都用单独的连接；凭据和 Cookie 只留给原服务器。浏览器一次也不跟随</translation>
    </message>
    <message>
        <source>Name servers</source>
        <translation>域名服务器</translation>
    </message>
    <message>
        <source>ask for addresses</source>
        <translation>查询地址</translation>
    </message>
    <message>
        <source>and for SRV records</source>
        <translation>并查询 SRV 记录</translation>
    </message>
    <message>
        <source>do not ask</source>
        <translation>不查询</translation>
    </message>
    <message>
        <source>Asked beside the system&apos;s resolver, whose answer the connection uses: what they say is compared with it</source>
        <translation>在系统解析器之外另行查询；连接使用系统解析器的答案，并与它们的答案比较</translation>
    </message>
    <message>
        <source>those of the system</source>
        <translation>系统所用的</translation>
    </message>
    <message>
        <source>Name server to ask</source>
        <translation>要查询的域名服务器</translation>
    </message>
    <message>
        <source>Address of the name server to ask, with a port where it is not 53</source>
        <translation>要查询的域名服务器的地址；端口不是 53 时须写明</translation>
    </message>
</context>
<context>
    <name>frameglass::ui::RawFrameEditor</name>
    <message>
        <source>The key has four octets, eight hex digits</source>
        <translation>掩码键为四个字节，即八位十六进制数字</translation>
    </message>
    <message>
        <source>A length is a number from 0 to 18446744073709551615</source>
        <translation>长度是 0 到 18446744073709551615 之间的数字</translation>
    </message>
    <message>
        <source>This length does not fit the form chosen</source>
        <translation>此长度与所选形式不符</translation>
    </message>
    <message>
        <source>Header as sent: %1</source>
        <translation>发送的首部：%1</translation>
    </message>
    <message>
        <source>Opcode</source>
        <translation>操作码</translation>
    </message>
    <message>
        <source>Masked, key</source>
        <translation>加掩码，掩码键</translation>
    </message>
    <message>
        <source>Masking key in hex</source>
        <translation>十六进制掩码键</translation>
    </message>
    <message>
        <source>Claimed length</source>
        <translation>声明的长度</translation>
    </message>
    <message>
        <source>as it is</source>
        <translation>实际长度</translation>
    </message>
    <message>
        <source>shortest form</source>
        <translation>最短形式</translation>
    </message>
    <message>
        <source>7 bits</source>
        <translation>7 位</translation>
    </message>
    <message>
        <source>7+16 bits</source>
        <translation>7+16 位</translation>
    </message>
    <message>
        <source>7+64 bits</source>
        <translation>7+64 位</translation>
    </message>
    <message>
        <source>How the length is written</source>
        <translation>长度的写法</translation>
    </message>
    <message>
        <source>Payload, hex</source>
        <translation>载荷，十六进制</translation>
    </message>
</context>
<context>
    <name>frameglass::ui::RecordDetail</name>
    <message>
        <source>Fields</source>
        <translation>字段</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>文本</translation>
    </message>
    <message>
        <source>Field</source>
        <translation>字段</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>值</translation>
    </message>
    <message>
        <source>Meaning</source>
        <translation>含义</translation>
    </message>
    <message>
        <source>Fields of the selected record</source>
        <translation>所选记录的字段</translation>
    </message>
    <message>
        <source>Payload as text</source>
        <translation>文本形式的载荷</translation>
    </message>
    <message>
        <source>Octets of the selected record</source>
        <translation>所选记录的字节</translation>
    </message>
    <message>
        <source>Show all</source>
        <translation>全部显示</translation>
    </message>
    <message>
        <source>Octets</source>
        <translation>字节</translation>
    </message>
    <message>
        <source>This record is no octets.</source>
        <translation>此记录不是字节。</translation>
    </message>
    <message>
        <source>Select a row to see its fields, its text and its octets.</source>
        <translation>选择一行，查看其字段、文本和字节。</translation>
    </message>
    <message>
        <source>The first %1 of %2 are shown.</source>
        <translation>显示 %2 中的前 %1。</translation>
    </message>
    <message>
        <source>All octets are shown; the text stops after %1 of %2.</source>
        <translation>已显示全部字节；文本共 %2，只显示到 %1。</translation>
    </message>
    <message>
        <source>No text in this record.</source>
        <translation>此记录中没有文本。</translation>
    </message>
    <message>
        <source>Octets, payload unmasked</source>
        <translation>字节，载荷已去掩码</translation>
    </message>
    <message>
        <source>Octets as sent</source>
        <translation>字节，发送时的原样</translation>
    </message>
    <message>
        <source>Point at an octet to read its bits; click to light its field.</source>
        <translation>指向某个字节可查看其各位；单击可突出显示其所属字段。</translation>
    </message>
    <message>
        <source>as sent</source>
        <translation>原样</translation>
    </message>
    <message>
        <source>The octets of the frame as they stood on the wire</source>
        <translation>帧在线路上的原始字节</translation>
    </message>
    <message>
        <source>unmasked</source>
        <translation>去掩码</translation>
    </message>
    <message>
        <source>The frame with its payload after unmasking</source>
        <translation>载荷去掩码后的帧</translation>
    </message>
    <message>
        <source>inflated</source>
        <translation>解压后</translation>
    </message>
    <message>
        <source>What the compressed payload means</source>
        <translation>压缩载荷的实际内容</translation>
    </message>
    <message>
        <source>Payload inflated</source>
        <translation>解压后的载荷</translation>
    </message>
</context>
<context>
    <name>frameglass::ui::RecordModel</name>
    <message>
        <source>No.</source>
        <translation>序号</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>Time (s)</source>
        <translation>时间 (s)</translation>
    </message>
    <message>
        <source>Δ (s)</source>
        <translation>Δ (s)</translation>
    </message>
    <message>
        <source>Dir</source>
        <translation>方向</translation>
    </message>
    <message>
        <source>Type</source>
        <translation>类型</translation>
    </message>
    <message>
        <source>Length</source>
        <translation>长度</translation>
    </message>
    <message>
        <source>Data</source>
        <translation>数据</translation>
    </message>
    <message>
        <source>Number of the frame in this connection</source>
        <translation>帧在此连接中的序号</translation>
    </message>
    <message>
        <source>Time of day</source>
        <translation>当日时刻</translation>
    </message>
    <message>
        <source>Seconds since the connection began</source>
        <translation>自连接开始起的秒数</translation>
    </message>
    <message>
        <source>Seconds since the row above</source>
        <translation>自上一行起的秒数</translation>
    </message>
    <message>
        <source>Direction: ↑ sent, ↓ received</source>
        <translation>方向：↑ 发送，↓ 接收</translation>
    </message>
    <message>
        <source>Opcode of the frame, or what happened</source>
        <translation>帧的操作码，或发生的事件</translation>
    </message>
    <message>
        <source>● last fragment, ○ more follow</source>
        <translation>● 最后一个分片，○ 后面还有</translation>
    </message>
    <message>
        <source>Reserved bits that are set</source>
        <translation>置位的保留位</translation>
    </message>
    <message>
        <source>Payload length in octets</source>
        <translation>载荷长度（字节）</translation>
    </message>
    <message>
        <source>Payload, or what happened</source>
        <translation>载荷，或发生的事件</translation>
    </message>
    <message>
        <source>FIN set: last fragment of its message</source>
        <translation>FIN 已置位：其消息的最后一个分片</translation>
    </message>
    <message>
        <source>FIN clear: more fragments follow</source>
        <translation>FIN 未置位：后面还有分片</translation>
    </message>
    <message>
        <source>%1; breaks a rule of the protocol</source>
        <translation>%1；违反了协议规则</translation>
    </message>
    <message>
        <source>id %1</source>
        <translation>编号 %1</translation>
    </message>
</context>
<context>
    <name>frameglass::ui::RecordTable</name>
    <message>
        <source>Frame timeline</source>
        <translation>帧时间线</translation>
    </message>
    <message>
        <source>Go to the newest row and follow (End)</source>
        <translation>转到最新一行并跟随（End）</translation>
    </message>
    <message>
        <source>%1 new ↓</source>
        <translation>%1 个新行 ↓</translation>
    </message>
    <message>
        <source>%1 new rows; go to the newest</source>
        <translation>%1 个新行；转到最新一行</translation>
    </message>
    <message>
        <source>Copy rows</source>
        <translation>复制行</translation>
    </message>
    <message>
        <source>Columns</source>
        <translation>列</translation>
    </message>
    <message>
        <source>Time counts</source>
        <translation>时间计法</translation>
    </message>
    <message>
        <source>Columns and time</source>
        <translation>列与时间</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>导出…</translation>
    </message>
    <message>
        <source>Filter: %1</source>
        <translation>过滤：%1</translation>
    </message>
    <message>
        <source>Why is it marked?</source>
        <translation>为什么有标记？</translation>
    </message>
</context>
<context>
    <name>frameglass::ui::RttPlot</name>
    <message>
        <source>since the start (s)</source>
        <translation>自开始起 (s)</translation>
    </message>
    <message>
        <source>round trip (ms)</source>
        <translation>往返时间 (ms)</translation>
    </message>
    <message>
        <source>ping → pong</source>
        <translation>ping → pong 往返</translation>
    </message>
    <message>
        <source>TCP&apos;s own</source>
        <translation>TCP 自身</translation>
    </message>
    <message>
        <source>missed</source>
        <translation>漏掉</translation>
    </message>
    <message>
        <source>Round-trip times of pings</source>
        <translation>ping 的往返时间</translation>
    </message>
    <message>
        <source>Drag to move, wheel to zoom, double click to follow again</source>
        <translation>拖动可移动，滚轮可缩放，双击恢复跟随</translation>
    </message>
</context>
<context>
    <name>frameglass::ui::SavingBar</name>
    <message>
        <source>Saving to %1. Recording goes on.</source>
        <translation>正在保存到 %1。记录仍在继续。</translation>
    </message>
    <message>
        <source>What you asked for follows when it is written.</source>
        <translation>写完之后再执行您要求的操作。</translation>
    </message>
    <message>
        <source>Progress of saving</source>
        <translation>保存进度</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Cancel saving</source>
        <translation>取消保存</translation>
    </message>
    <message>
        <source>Stop saving; the capture and the file at the target stay as they are</source>
        <translation>停止保存；抓包和目标位置的文件都保持原样</translation>
    </message>
</context>
<context>
    <name>frameglass::ui::ServerPanel</name>
    <message>
        <source>An IPv4 or IPv6 address such as 127.0.0.1 or ::</source>
        <translation>IPv4 或 IPv6 地址，例如 127.0.0.1 或 ::</translation>
    </message>
    <message>
        <source>“%1” is no subprotocol name: letters, digits and . - _ only</source>
        <translation>“%1”不是子协议名称：只能使用字母、数字和 . - _</translation>
    </message>
    <message>
        <source>“%1” is no origin; write it like https://example.com</source>
        <translation>“%1”不是来源；请写成 https://example.com 的形式</translation>
    </message>
    <message>
        <source>Cannot listen on %1, port %2: %3</source>
        <translation>无法监听 %1，端口 %2：%3</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>启动</translation>
    </message>
    <message>
        <source>Stop the server and close its connections</source>
        <translation>停止服务器并关闭其连接</translation>
    </message>
    <message>
        <source>Start the echo server</source>
        <translation>启动回显服务器</translation>
    </message>
    <message>
        <source>Echo server</source>
        <translation>回显服务器</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>地址</translation>
    </message>
    <message>
        <source>127.0.0.1 for this computer only, 0.0.0.0 or :: for all networks</source>
        <translation>127.0.0.1 仅限本机，0.0.0.0 或 :: 表示所有网络</translation>
    </message>
    <message>
        <source>Port</source>
        <translation>端口</translation>
    </message>
    <message>
        <source>any free one</source>
        <translation>任意空闲端口</translation>
    </message>
    <message>
        <source>Subprotocols</source>
        <translation>子协议</translation>
    </message>
    <message>
        <source>none; the first that a client offers is chosen</source>
        <translation>无；选用客户端提供的第一个</translation>
    </message>
    <message>
        <source>Allowed origins</source>
        <translation>允许的来源</translation>
    </message>
    <message>
        <source>any; others than listed get 403</source>
        <translation>任意；未列出的得到 403</translation>
    </message>
    <message>
        <source>Ping every</source>
        <translation>Ping 间隔</translation>
    </message>
    <message>
        <source> s</source>
        <comment>seconds</comment>
        <translation> 秒</translation>
    </message>
    <message>
        <source>Ping interval</source>
        <translation>Ping 间隔</translation>
    </message>
    <message>
        <source>Address of the server</source>
        <translation>服务器的地址</translation>
    </message>
    <message>
        <source>The echo server is running. Stop it to change how it listens.</source>
        <translation>回显服务器正在运行。停止后才能更改监听方式。</translation>
    </message>
    <message>
        <source>Copy the address</source>
        <translation>复制地址</translation>
    </message>
    <message>
        <source>Connect to it</source>
        <translation>连接到它</translation>
    </message>
    <message>
        <source>Open a client connection to this server</source>
        <translation>打开到此服务器的客户端连接</translation>
    </message>
</context>
<context>
    <name>frameglass::ui::ServerTlsFields</name>
    <message>
        <source>The development certificate cannot be made: %1</source>
        <translation>无法创建开发证书：%1</translation>
    </message>
    <message>
        <source>Which authorities&apos; clients are let in: choose a PEM file</source>
        <translation>允许哪些机构的客户端：请选择 PEM 文件</translation>
    </message>
    <message>
        <source>Export the development authority&apos;s certificate</source>
        <translation>导出开发证书颁发机构的证书</translation>
    </message>
    <message>
        <source>Certificates (*.pem *.crt);;All files (*)</source>
        <translation>证书 (*.pem *.crt);;所有文件 (*)</translation>
    </message>
    <message>
        <source>%1 cannot be written: %2</source>
        <translation>无法写入 %1：%2</translation>
    </message>
    <message>
        <source>Certificates (*.pem *.crt *.cer *.p12 *.pfx);;All files (*)</source>
        <translation>证书 (*.pem *.crt *.cer *.p12 *.pfx);;所有文件 (*)</translation>
    </message>
    <message>
        <source>TLS</source>
        <translation>TLS</translation>
    </message>
    <message>
        <source>off: ws://</source>
        <translation>关闭：ws://</translation>
    </message>
    <message>
        <source>development certificate</source>
        <translation>开发证书</translation>
    </message>
    <message>
        <source>own certificate</source>
        <translation>自己的证书</translation>
    </message>
    <message>
        <source>The development certificate is for localhost, 127.0.0.1 and ::1, from an authority of this user&apos;s own</source>
        <translation>开发证书适用于 localhost、127.0.0.1 和 ::1，由当前用户自己的颁发机构签发</translation>
    </message>
    <message>
        <source>TLS of the server</source>
        <translation>服务器的 TLS</translation>
    </message>
    <message>
        <source>Export authority…</source>
        <translation>导出颁发机构…</translation>
    </message>
    <message>
        <source>Save the certificate that a browser or another client has to trust</source>
        <translation>保存浏览器或其他客户端需要信任的证书</translation>
    </message>
    <message>
        <source>Certificate</source>
        <translation>证书</translation>
    </message>
    <message>
        <source>Certificate of the server</source>
        <translation>服务器的证书</translation>
    </message>
    <message>
        <source>PEM with its chain, or PKCS#12</source>
        <translation>带证书链的 PEM，或 PKCS#12</translation>
    </message>
    <message>
        <source>A passphrase is asked for, and not stored</source>
        <translation>口令会询问，不会保存</translation>
    </message>
    <message>
        <source>Private key</source>
        <translation>私钥</translation>
    </message>
    <message>
        <source>Private key of the server</source>
        <translation>服务器的私钥</translation>
    </message>
    <message>
        <source>in the certificate&apos;s file</source>
        <translation>在证书文件中</translation>
    </message>
    <message>
        <source>PEM, where the certificate&apos;s file does not hold the key</source>
        <translation>PEM，当证书文件中没有密钥时</translation>
    </message>
    <message>
        <source>Private keys (*.pem *.key);;All files (*)</source>
        <translation>私钥 (*.pem *.key);;所有文件 (*)</translation>
    </message>
    <message>
        <source>Client certificates</source>
        <translation>客户端证书</translation>
    </message>
    <message>
        <source>not asked for</source>
        <translation>不要求</translation>
    </message>
    <message>
        <source>asked for</source>
        <translation>要求</translation>
    </message>
    <message>
        <source>required</source>
        <translation>必须</translation>
    </message>
    <message>
        <source>Clients&apos; CA</source>
        <translation>客户端的 CA</translation>
    </message>
    <message>
        <source>Authorities of clients</source>
        <translation>客户端的颁发机构</translation>
    </message>
    <message>
        <source>a PEM file</source>
        <translation>PEM 文件</translation>
    </message>
    <message>
        <source>Clients with a certificate from these authorities are let in</source>
        <translation>允许持有这些机构所签证书的客户端</translation>
    </message>
</context>
<context>
    <name>frameglass::ui::SituationPanel</name>
    <message>
        <source>Waiting for the request</source>
        <translation>正在等待请求</translation>
    </message>
    <message>
        <source>Looking up the host for %1</source>
        <translation>正在查找主机，已有 %1</translation>
    </message>
    <message>
        <source>Making the TCP connection for %1</source>
        <translation>正在建立 TCP 连接，已有 %1</translation>
    </message>
    <message>
        <source>Making the TLS connection for %1</source>
        <translation>正在建立 TLS 连接，已有 %1</translation>
    </message>
    <message>
        <source>Request sent; waiting for the server&apos;s answer for %1</source>
        <translation>请求已发送；等待服务器应答已有 %1</translation>
    </message>
    <message>
        <source>The answer as it came: %1, with a body of %2</source>
        <translation>收到的应答：%1，响应体为 %2</translation>
    </message>
    <message>
        <source>The answer as it came: %1, without a body</source>
        <translation>收到的应答：%1，没有响应体</translation>
    </message>
    <message>
        <source>The connection ended before the opening handshake was done. No answer came.</source>
        <translation>连接在打开握手完成之前结束。没有收到应答。</translation>
    </message>
    <message>
        <source>The echo server could not listen on %1: %2</source>
        <translation>回显服务器无法监听 %1：%2</translation>
    </message>
    <message numerus="yes">
        <source>The echo server on %1 has stopped. %n connections were accepted.</source>
        <translation>
            <numerusform>%1 上的回显服务器已停止。共接受了 %n 个连接。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Echo server on %1: %2 open, %n accepted. It sends every message back as it came.</source>
        <translation>
            <numerusform>%1 上的回显服务器：已打开 %2 个，共接受 %n 个。它把每条消息原样发回。</numerusform>
        </translation>
    </message>
    <message>
        <source>Copy address</source>
        <translation>复制地址</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Stop connecting (Ctrl+D)</source>
        <translation>停止连接（Ctrl+D）</translation>
    </message>
    <message>
        <source>Retry</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Connect again with the same options (F5)</source>
        <translation>以相同的选项重新连接（F5）</translation>
    </message>
    <message>
        <source>[cut: the body has %1]</source>
        <translation>[已截断：响应体为 %1]</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Stop the server and close its connections</source>
        <translation>停止服务器并关闭其连接</translation>
    </message>
    <message>
        <source>The server&apos;s answer</source>
        <translation>服务器的应答</translation>
    </message>
    <message>
        <source>There is no answer to show: the request could not be sent.</source>
        <translation>没有可显示的应答：请求未能发出。</translation>
    </message>
    <message>
        <source>Asking the proxy for %1</source>
        <translation>正在请求代理，已 %1</translation>
    </message>
    <message>
        <source>Connect anyway (this once)</source>
        <translation>仍然连接（仅这一次）</translation>
    </message>
    <message>
        <source>Whoever is on the way could read and change what is sent. The next attempt is verified again</source>
        <translation>途中的任何人都可能读取和更改发送的内容。下一次尝试会重新验证</translation>
    </message>
</context>
<context>
    <name>frameglass::ui::StartPage</name>
    <message>
        <source>%1, %2</source>
        <comment>date, size</comment>
        <translation>%1，%2</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>Open the capture of %1</source>
        <translation>打开 %1 的抓包文件</translation>
    </message>
    <message>
        <source>Delete the capture of %1</source>
        <translation>删除 %1 的抓包文件</translation>
    </message>
    <message>
        <source>What does this WebSocket really do?</source>
        <translation>这个 WebSocket 实际在做什么？</translation>
    </message>
    <message>
        <source>Try the built-in echo server</source>
        <translation>试用内置回显服务器</translation>
    </message>
    <message>
        <source>Starts a server on this computer and connects to it. Send something below.</source>
        <translation>在本机上启动服务器并连接到它。可在下方发送内容。</translation>
    </message>
    <message>
        <source>See a refused connection</source>
        <translation>查看被拒绝的连接</translation>
    </message>
    <message>
        <source>The same server, but with a rule that refuses this Origin: it answers 403.</source>
        <translation>同一服务器，但有一条拒绝此 Origin 的规则：它应答 403。</translation>
    </message>
    <message>
        <source>Open a capture…</source>
        <translation>打开抓包文件…</translation>
    </message>
    <message>
        <source>A .fglass file. You can also drop it on this window (Ctrl+O).</source>
        <translation>.fglass 文件。也可以把它拖放到此窗口（Ctrl+O）。</translation>
    </message>
    <message>
        <source>Frameglass ended without saving these captures:</source>
        <translation>Frameglass 结束时未保存这些抓包文件：</translation>
    </message>
    <message>
        <source>Type an address such as wss://example.com/chat above and press Enter. Frameglass shows TLS, both heads of the handshake, every frame, the heartbeat and the close, and says what is wrong and why.</source>
        <translation>在上方输入如 wss://example.com/chat 的地址并按 Enter。Frameglass 显示 TLS、握手的两个头部、每一帧、心跳和关闭，并说明哪里有问题、为什么。</translation>
    </message>
</context>
<context>
    <name>frameglass::ui::StateDiagram</name>
    <message>
        <source>State diagram</source>
        <translation>状态图</translation>
    </message>
    <message>
        <source>No connection</source>
        <translation>没有连接</translation>
    </message>
    <message>
        <source>%1 after %2: %3</source>
        <translation>%1，%2 后：%3</translation>
    </message>
    <message>
        <source>Now: %1</source>
        <translation>当前：%1</translation>
    </message>
    <message>
        <source>taken %1 after the start; click to select its record</source>
        <translation>开始后 %1 发生；单击可选择其记录</translation>
    </message>
</context>
<context>
    <name>frameglass::ui::StateView</name>
    <message>
        <source>Time</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>From</source>
        <translation>从</translation>
    </message>
    <message>
        <source>Because</source>
        <translation>触发原因</translation>
    </message>
    <message>
        <source>To</source>
        <translation>到</translation>
    </message>
    <message>
        <source>Clause</source>
        <translation>条款</translation>
    </message>
    <message>
        <source>Steps taken</source>
        <translation>经过的步骤</translation>
    </message>
    <message>
        <source>Enter shows a step in the timeline</source>
        <translation>按 Enter 在时间线中显示该步骤</translation>
    </message>
    <message>
        <source>A listener has no state of its own. Each connection that it accepted is in the list.</source>
        <translation>监听端自身没有状态。它接受的每个连接都在列表中。</translation>
    </message>
    <message>
        <source>No connection is selected. The diagram shows every state one can be in.</source>
        <translation>未选择连接。图中显示连接可能处于的所有状态。</translation>
    </message>
    <message>
        <source>Now %1, for %2.</source>
        <translation>当前为“%1”，已持续 %2。</translation>
    </message>
    <message>
        <source>At the end: %1, reached %2 after the start.</source>
        <translation>结束时为“%1”，在开始后 %2 到达。</translation>
    </message>
</context>
<context>
    <name>frameglass::ui::StatusLine</name>
    <message>
        <source>Recording</source>
        <translation>正在记录</translation>
    </message>
    <message>
        <source>Read-only</source>
        <translation>只读</translation>
    </message>
    <message>
        <source>Nothing live</source>
        <translation>没有活动连接</translation>
    </message>
    <message numerus="yes">
        <source>%n records dropped</source>
        <translation>
            <numerusform>丢弃了 %n 条记录</numerusform>
        </translation>
    </message>
    <message>
        <source>nothing dropped</source>
        <translation>没有丢弃</translation>
    </message>
    <message>
        <source>%1 frames</source>
        <translation>%1 帧</translation>
    </message>
    <message>
        <source>%1/s ↑   %2/s ↓</source>
        <comment>octets sent and received in a second</comment>
        <translation>%1/s ↑   %2/s ↓</translation>
    </message>
    <message>
        <source>Reading, %1 %</source>
        <translation>读取中，%1 %</translation>
    </message>
</context>
<context>
    <name>frameglass::ui::TimelineView</name>
    <message>
        <source>Time</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>How the Time column counts</source>
        <translation>“时间”列的计时方式</translation>
    </message>
    <message>
        <source>Time column</source>
        <translation>“时间”列</translation>
    </message>
    <message>
        <source>Events</source>
        <translation>事件</translation>
    </message>
    <message>
        <source>Also show stages, heads, state changes, violations and how TCP ended</source>
        <translation>同时显示阶段、请求头和响应头、状态变化、违规以及 TCP 的结束方式</translation>
    </message>
    <message>
        <source>Hide heartbeat</source>
        <translation>隐藏心跳</translation>
    </message>
    <message>
        <source>Hide pings and pongs; missed ones stay</source>
        <translation>隐藏 ping 和 pong；保留漏掉的</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>Stop following new rows (Space); recording goes on</source>
        <translation>停止跟随新行（空格键）；记录继续进行</translation>
    </message>
    <message>
        <source>A listener has no frames of its own. Each connection that it accepted is in the list.</source>
        <translation>监听端自身没有帧。它接受的每个连接都在列表中。</translation>
    </message>
    <message>
        <source>The connection ended before any frame was exchanged.</source>
        <translation>连接在交换任何帧之前就结束了。</translation>
    </message>
    <message>
        <source>No frames yet: the opening handshake is not done.</source>
        <translation>尚无帧：打开握手还未完成。</translation>
    </message>
    <message>
        <source>Open for %1, nothing received. The server may wait for your first message.</source>
        <translation>已打开 %1，未收到任何内容。服务器可能在等待您的第一条消息。</translation>
    </message>
    <message>
        <source>Open for %1, nothing received.</source>
        <translation>已打开 %1，未收到任何内容。</translation>
    </message>
    <message>
        <source>No connection is selected. Connect to a server, or open a capture.</source>
        <translation>未选择连接。请连接到服务器，或打开抓包文件。</translation>
    </message>
    <message>
        <source>Between the two rows: %1</source>
        <translation>两行之间：%1</translation>
    </message>
    <message>
        <source>%1 rows selected, %2</source>
        <translation>已选择 %1 行，%2</translation>
    </message>
    <message>
        <source>clear the timeline</source>
        <translation>清空时间线</translation>
    </message>
    <message>
        <source>Cleared. Hidden rows: %1; the capture keeps them.</source>
        <translation>已清空。隐藏的行：%1；抓包仍保留它们。</translation>
    </message>
    <message>
        <source>Show them</source>
        <translation>显示</translation>
    </message>
    <message>
        <source>TLS messages</source>
        <translation>TLS 消息</translation>
    </message>
    <message>
        <source>Also show the messages of the TLS handshake; alerts are always shown</source>
        <translation>同时显示 TLS 握手的消息；警报总是显示</translation>
    </message>
    <message>
        <source>Copied the first %1 of %2 rows</source>
        <translation>已复制前 %1 行，共 %2 行</translation>
    </message>
    <message>
        <source>stopped; rows found: %1</source>
        <translation>已停止；找到的行：%1</translation>
    </message>
    <message>
        <source>rows: %1</source>
        <translation>行：%1</translation>
    </message>
    <message>
        <source>%1 %, rows: %2</source>
        <translation>%1 %，行：%2</translation>
    </message>
    <message>
        <source>(matches that are no rows or switched off: %1)</source>
        <translation>（匹配但不成行或已关闭显示：%1）</translation>
    </message>
    <message>
        <source>Table</source>
        <translation>表格</translation>
    </message>
    <message>
        <source>The records as rows</source>
        <translation>以行显示记录</translation>
    </message>
    <message>
        <source>Lanes</source>
        <translation>泳道</translation>
    </message>
    <message>
        <source>The connections along the time</source>
        <translation>沿时间显示连接</translation>
    </message>
    <message>
        <source>Zoom in</source>
        <translation>放大</translation>
    </message>
    <message>
        <source>Zoom in (+, or Ctrl and the wheel)</source>
        <translation>放大（+，或 Ctrl 加滚轮）</translation>
    </message>
    <message>
        <source>Zoom out</source>
        <translation>缩小</translation>
    </message>
    <message>
        <source>Zoom out (−, or Ctrl and the wheel)</source>
        <translation>缩小（−，或 Ctrl 加滚轮）</translation>
    </message>
    <message>
        <source>Fit</source>
        <translation>适合</translation>
    </message>
    <message>
        <source>Show the whole capture (0)</source>
        <translation>显示整个捕获 (0)</translation>
    </message>
</context>
<context>
    <name>frameglass::ui::TlsFields</name>
    <message>
        <source>A host name, such as www.example.com</source>
        <translation>主机名，如 www.example.com</translation>
    </message>
    <message>
        <source>Certificates (*.pem *.crt *.cer);;All files (*)</source>
        <translation>证书 (*.pem *.crt *.cer);;所有文件 (*)</translation>
    </message>
    <message>
        <source>CA file</source>
        <translation>CA 文件</translation>
    </message>
    <message>
        <source>the system&apos;s authorities only</source>
        <translation>仅系统的颁发机构</translation>
    </message>
    <message>
        <source>Trust the authorities in this PEM file too, besides the system&apos;s</source>
        <translation>除系统信任的机构外，也信任此 PEM 文件中的机构</translation>
    </message>
    <message>
        <source>Own certificate</source>
        <translation>自己的证书</translation>
    </message>
    <message>
        <source>none is shown to the server</source>
        <translation>不向服务器出示</translation>
    </message>
    <message>
        <source>PEM with its chain, or PKCS#12. A passphrase is asked for, and not stored</source>
        <translation>带证书链的 PEM，或 PKCS#12。口令会询问，不会保存</translation>
    </message>
    <message>
        <source>Certificates (*.pem *.crt *.cer *.p12 *.pfx);;All files (*)</source>
        <translation>证书 (*.pem *.crt *.cer *.p12 *.pfx);;所有文件 (*)</translation>
    </message>
    <message>
        <source>Its private key</source>
        <translation>其私钥</translation>
    </message>
    <message>
        <source>in the certificate&apos;s file</source>
        <translation>在证书文件中</translation>
    </message>
    <message>
        <source>PEM, where the certificate&apos;s file does not hold the key</source>
        <translation>PEM，当证书文件中没有密钥时</translation>
    </message>
    <message>
        <source>Private keys (*.pem *.key);;All files (*)</source>
        <translation>私钥 (*.pem *.key);;所有文件 (*)</translation>
    </message>
    <message>
        <source>Key log</source>
        <translation>密钥日志</translation>
    </message>
    <message>
        <source>the file of SSLKEYLOGFILE</source>
        <translation>SSLKEYLOGFILE 的文件</translation>
    </message>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
    <message>
        <source>Append the TLS secrets to this file, for Wireshark. Whoever has it can read what was sent; not remembered</source>
        <translation>将 TLS 密钥追加到此文件，供 Wireshark 使用。持有它的人可以读取发送的内容；不会记住</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>所有文件 (*)</translation>
    </message>
    <message>
        <source>Versions from</source>
        <translation>版本从</translation>
    </message>
    <message>
        <source>to</source>
        <comment>TLS versions</comment>
        <translation>到</translation>
    </message>
    <message>
        <source>usual</source>
        <translation>通常</translation>
    </message>
    <message>
        <source>newest</source>
        <translation>最新</translation>
    </message>
    <message>
        <source>Oldest TLS version</source>
        <translation>最旧的 TLS 版本</translation>
    </message>
    <message>
        <source>Newest TLS version</source>
        <translation>最新的 TLS 版本</translation>
    </message>
    <message>
        <source>Cipher suites</source>
        <translation>密码套件</translation>
    </message>
    <message>
        <source>the library&apos;s own</source>
        <translation>库的默认值</translation>
    </message>
    <message>
        <source>OpenSSL&apos;s names, separated by &apos;:&apos;, for example TLS_AES_128_GCM_SHA256</source>
        <translation>OpenSSL 的名称，以 &apos;:&apos; 分隔，例如 TLS_AES_128_GCM_SHA256</translation>
    </message>
    <message>
        <source>SNI</source>
        <translation>SNI</translation>
    </message>
    <message>
        <source>the host</source>
        <translation>主机</translation>
    </message>
    <message>
        <source>another name</source>
        <translation>另一个名称</translation>
    </message>
    <message>
        <source>The name the server is asked for. The certificate is still compared with the host</source>
        <translation>向服务器请求的名称。证书仍与主机比较</translation>
    </message>
    <message>
        <source>host name</source>
        <translation>主机名</translation>
    </message>
    <message>
        <source>Name for SNI</source>
        <translation>SNI 的名称</translation>
    </message>
    <message>
        <source>ALPN</source>
        <translation>ALPN</translation>
    </message>
    <message>
        <source>not used</source>
        <translation>不使用</translation>
    </message>
    <message>
        <source>Application protocols on offer, separated by commas; WebSocket needs http/1.1</source>
        <translation>提供的应用协议，以逗号分隔；WebSocket 需要 http/1.1</translation>
    </message>
</context>
<context>
    <name>frameglass::ui::TlsPanel</name>
    <message>
        <source>Nothing is agreed on yet.</source>
        <translation>尚未达成任何协商。</translation>
    </message>
    <message>
        <source>Nothing was agreed on.</source>
        <translation>没有达成任何协商。</translation>
    </message>
    <message>
        <source>No message yet.</source>
        <translation>尚无消息。</translation>
    </message>
    <message>
        <source>No message was exchanged.</source>
        <translation>没有交换消息。</translation>
    </message>
    <message>
        <source>No certificate yet.</source>
        <translation>尚无证书。</translation>
    </message>
    <message>
        <source>No certificate came.</source>
        <translation>没有收到证书。</translation>
    </message>
    <message>
        <source>alert %1 (%2), fatal</source>
        <translation>警报 %1 (%2)，致命</translation>
    </message>
    <message>
        <source>alert %1 (%2)</source>
        <translation>警报 %1 (%2)</translation>
    </message>
    <message>
        <source>not trusted</source>
        <translation>不受信任</translation>
    </message>
    <message>
        <source>Copy value</source>
        <translation>复制值</translation>
    </message>
    <message>
        <source>Copy row</source>
        <translation>复制行</translation>
    </message>
    <message>
        <source>Copy certificate as PEM</source>
        <translation>将证书复制为 PEM</translation>
    </message>
    <message>
        <source>Copy the whole chain as PEM</source>
        <translation>将整条证书链复制为 PEM</translation>
    </message>
    <message>
        <source>Agreed on</source>
        <translation>协商结果</translation>
    </message>
    <message>
        <source>Messages and alerts</source>
        <translation>消息与警报</translation>
    </message>
    <message>
        <source>Certificates, leaf first</source>
        <translation>证书，叶证书在前</translation>
    </message>
    <message>
        <source>What</source>
        <translation>项目</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>值</translation>
    </message>
    <message>
        <source>Message</source>
        <translation>消息</translation>
    </message>
    <message>
        <source>Octets</source>
        <translation>字节</translation>
    </message>
    <message>
        <source>After</source>
        <translation>用时</translation>
    </message>
    <message>
        <source>Certificate</source>
        <translation>证书</translation>
    </message>
    <message>
        <source>Valid, or value</source>
        <translation>有效期或值</translation>
    </message>
    <message>
        <source>What the TLS handshake agreed on</source>
        <translation>TLS 握手协商的结果</translation>
    </message>
    <message>
        <source>Messages of the TLS handshake</source>
        <translation>TLS 握手的消息</translation>
    </message>
    <message>
        <source>Chain of certificates</source>
        <translation>证书链</translation>
    </message>
    <message>
        <source>Copy as PEM</source>
        <translation>复制为 PEM</translation>
    </message>
    <message>
        <source>Copy the selected certificate, or the first, as a PEM file holds it</source>
        <translation>将选中的证书（或第一个）按 PEM 文件的形式复制</translation>
    </message>
</context>
<context>
    <name>main</name>
    <message>
        <source>Shows what a WebSocket connection really does.</source>
        <translation>显示 WebSocket 连接实际的行为。</translation>
    </message>
    <message>
        <source>Start the echo server and a client of it.</source>
        <translation>启动回显服务器及其客户端。</translation>
    </message>
    <message>
        <source>Language of this run: en or zh_CN.</source>
        <translation>本次运行的语言：en 或 zh_CN。</translation>
    </message>
    <message>
        <source>Theme of this run: system, light or dark.</source>
        <translation>本次运行的主题：system、light 或 dark。</translation>
    </message>
    <message>
        <source>Save pictures of the main views into DIR, and end.</source>
        <translation>把主要视图的图片保存到 DIR，然后退出。</translation>
    </message>
    <message>
        <source>A capture to open, or an address to connect to.</source>
        <translation>要打开的抓包文件，或要连接的地址。</translation>
    </message>
    <message>
        <source>only one file or address can be given</source>
        <translation>只能给出一个文件或地址</translation>
    </message>
    <message>
        <source>the language is en or zh_CN</source>
        <translation>语言应为 en 或 zh_CN</translation>
    </message>
    <message>
        <source>the theme is system, light or dark</source>
        <translation>主题应为 system、light 或 dark</translation>
    </message>
</context>
<context>
    <name>report</name>
    <message>
        <source>Frameglass report</source>
        <translation>Frameglass 报告</translation>
    </message>
    <message>
        <source>Recorded</source>
        <translation>录制时间</translation>
    </message>
    <message>
        <source>By</source>
        <translation>程序</translation>
    </message>
    <message>
        <source>The capture was not closed: up to its last second may be missing.</source>
        <translation>捕获没有正常关闭：最多可能缺少最后一秒。</translation>
    </message>
    <message>
        <source>There is no connection to report on.</source>
        <translation>没有可报告的连接。</translation>
    </message>
    <message>
        <source>Handshake</source>
        <translation>握手</translation>
    </message>
    <message>
        <source>Handshake of the attempt past the proxy</source>
        <translation>绕过代理的那次尝试的握手</translation>
    </message>
    <message>
        <source>Begun</source>
        <translation>开始</translation>
    </message>
    <message>
        <source>Addresses</source>
        <translation>地址</translation>
    </message>
    <message>
        <source>%1 to %2</source>
        <translation>%1 → %2</translation>
    </message>
    <message>
        <source>Sent</source>
        <translation>发出</translation>
    </message>
    <message>
        <source>Received</source>
        <translation>收到</translation>
    </message>
    <message>
        <source>Compression</source>
        <translation>压缩</translation>
    </message>
    <message>
        <source>Ping to pong</source>
        <translation>ping 到 pong</translation>
    </message>
    <message>
        <source>Ended</source>
        <translation>结束</translation>
    </message>
    <message>
        <source>What is wrong</source>
        <translation>哪里有错</translation>
    </message>
    <message>
        <source>%1 (accepted by the baseline)</source>
        <translation>%1（基线已接受）</translation>
    </message>
    <message>
        <source>%1 (record %2)</source>
        <translation>%1（记录 %2）</translation>
    </message>
    <message>
        <source>Evidence</source>
        <translation>证据</translation>
    </message>
    <message>
        <source>%1 — how to tell: %2</source>
        <translation>%1 — 如何判断：%2</translation>
    </message>
    <message>
        <source>Causes</source>
        <translation>原因</translation>
    </message>
    <message>
        <source>Fix</source>
        <translation>修正</translation>
    </message>
    <message>
        <source>Clause</source>
        <translation>条款</translation>
    </message>
    <message>
        <source>This explains</source>
        <translation>这能解释</translation>
    </message>
    <message>
        <source>Who ended it</source>
        <translation>谁结束了它</translation>
    </message>
    <message>
        <source>What would tell</source>
        <translation>什么能说明</translation>
    </message>
    <message>
        <source>Fact</source>
        <translation>事实</translation>
    </message>
    <message>
        <source>Observed</source>
        <translation>观察到</translation>
    </message>
    <message>
        <source>What clients do with this answer</source>
        <translation>客户端会怎样对待此应答</translation>
    </message>
    <message>
        <source>Client</source>
        <translation>客户端</translation>
    </message>
    <message>
        <source>Reaction</source>
        <translation>反应</translation>
    </message>
    <message>
        <source>Its script sees</source>
        <translation>其脚本看到</translation>
    </message>
    <message>
        <source>Because of</source>
        <translation>原因</translation>
    </message>
    <message>
        <source>%1; at the end %2</source>
        <translation>%1；结束时%2</translation>
    </message>
    <message>
        <source>All %1 checks</source>
        <translation>全部 %1 项检查</translation>
    </message>
    <message>
        <source>Check</source>
        <translation>检查项</translation>
    </message>
    <message>
        <source>Title</source>
        <translation>标题</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>原因</translation>
    </message>
    <message>
        <source>… %1 in all</source>
        <translation>… 共 %1</translation>
    </message>
    <message>
        <source>compression: </source>
        <translation>压缩：</translation>
    </message>
    <message>
        <source> (accepted by the baseline)</source>
        <translation>（基线已接受）</translation>
    </message>
    <message>
        <source>what would tell: </source>
        <translation>什么能说明：</translation>
    </message>
    <message>
        <source>all %1 that were tried open it</source>
        <translation>试过的 %1 个客户端都会打开</translation>
    </message>
    <message>
        <source>; at the end %1</source>
        <translation>；结束时%1</translation>
    </message>
    <message>
        <source>%1 messages, %2 frames, %3</source>
        <translation>%1 条消息，%2 帧，%3</translation>
    </message>
    <message>
        <source> (record %1)</source>
        <translation> （记录 %1）</translation>
    </message>
    <message>
        <source>evidence: </source>
        <translation>证据： </translation>
    </message>
    <message>
        <source>cause %1: </source>
        <translation>原因 %1： </translation>
    </message>
    <message>
        <source>how to tell: </source>
        <translation>判断方法： </translation>
    </message>
    <message>
        <source>fix: </source>
        <translation>修复： </translation>
    </message>
    <message>
        <source>sent: </source>
        <translation>发送： </translation>
    </message>
    <message>
        <source>received: </source>
        <translation>接收： </translation>
    </message>
    <message>
        <source>ping to pong: </source>
        <translation>ping 到 pong： </translation>
    </message>
    <message>
        <source>ended: </source>
        <translation>结束： </translation>
    </message>
    <message>
        <source>%1 checks do not apply here; --json lists each with its reason.</source>
        <translation>%1 项检查在此不适用；--json 会列出每一项及其原因。</translation>
    </message>
    <message>
        <source>%1 more</source>
        <translation>还有 %1 个</translation>
    </message>
    <message>
        <source>%1 certificate %2: %3</source>
        <translation>%1 证书 %2：%3</translation>
    </message>
    <message>
        <source>issued by %1</source>
        <translation>由 %1 签发</translation>
    </message>
    <message>
        <source>valid from %1 until %2 UTC</source>
        <translation>有效期 %1 至 %2 UTC</translation>
    </message>
    <message>
        <source>ALPN %1</source>
        <translation>ALPN %1</translation>
    </message>
    <message>
        <source>SNI %1</source>
        <translation>SNI %1</translation>
    </message>
    <message>
        <source>session resumed</source>
        <translation>会话已恢复</translation>
    </message>
    <message>
        <source>client certificate asked for</source>
        <translation>要求客户端证书</translation>
    </message>
    <message>
        <source>TLS: %1</source>
        <translation>TLS：%1</translation>
    </message>
    <message>
        <source>server</source>
        <translation>服务器</translation>
    </message>
    <message>
        <source>client</source>
        <translation>客户端</translation>
    </message>
    <message>
        <source>certificate: %1</source>
        <translation>证书：%1</translation>
    </message>
    <message>
        <source>certificate: %1, by %2</source>
        <translation>证书：%1，由 %2 签发</translation>
    </message>
    <message>
        <source>certificate %1: %2 (%3)</source>
        <translation>证书 %1：%2 (%3)</translation>
    </message>
    <message>
        <source>OCSP staple: %1 %2</source>
        <translation>OCSP 附带应答：%1 %2</translation>
    </message>
    <message>
        <source>connected</source>
        <translation>已连接</translation>
    </message>
</context>
<context>
    <name>sizeText</name>
    <message>
        <source>%1 B</source>
        <comment>octets</comment>
        <translation>%1 B</translation>
    </message>
</context>
<context>
    <name>wording</name>
    <message>
        <source>1 octet</source>
        <translation>1 字节</translation>
    </message>
    <message>
        <source>%1 octets</source>
        <translation>%1 字节</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1：%2</translation>
    </message>
    <message>
        <source>%1: error %2</source>
        <translation>%1：错误 %2</translation>
    </message>
    <message>
        <source>Connecting to %1, attempt %2</source>
        <translation>正在连接 %1，第 %2 次尝试</translation>
    </message>
    <message>
        <source>Connecting to %1</source>
        <translation>正在连接 %1</translation>
    </message>
    <message>
        <source>Accepted a connection: %1</source>
        <translation>接受了一个连接：%1</translation>
    </message>
    <message>
        <source>Observed a connection: %1</source>
        <translation>观察到一个连接：%1</translation>
    </message>
    <message>
        <source>%1 after %2</source>
        <translation>%1，用时 %2</translation>
    </message>
    <message>
        <source>%1 is %2</source>
        <translation>%1 解析为 %2</translation>
    </message>
    <message>
        <source>Connected to %1 in %2</source>
        <translation>已连接到 %1，用时 %2</translation>
    </message>
    <message>
        <source>No connection to %1 after %2</source>
        <translation>%2 后仍未连接到 %1</translation>
    </message>
    <message>
        <source>%1 to %2</source>
        <translation>%1 → %2</translation>
    </message>
    <message>
        <source>TCP RTT %1</source>
        <translation>TCP 往返 %1</translation>
    </message>
    <message>
        <source>%1 retransmits</source>
        <translation>%1 次重传</translation>
    </message>
    <message>
        <source>Socket</source>
        <translation>套接字</translation>
    </message>
    <message>
        <source>%1 written at offset %2</source>
        <translation>在偏移 %2 处写入 %1</translation>
    </message>
    <message>
        <source>%1 read at offset %2</source>
        <translation>在偏移 %2 处读取 %1</translation>
    </message>
    <message>
        <source>%1 (incomplete)</source>
        <translation>%1（不完整）</translation>
    </message>
    <message>
        <source>Body, %1: %2</source>
        <translation>响应体，%1：%2</translation>
    </message>
    <message>
        <source>%1 of %2 octets</source>
        <translation>%2 字节中的 %1</translation>
    </message>
    <message>
        <source>%1 message whole: %2 in %3 fragments</source>
        <translation>%1消息完整：%2，%3 个分片</translation>
    </message>
    <message>
        <source>%1 → %2: %3</source>
        <translation>%1 → %2：%3</translation>
    </message>
    <message>
        <source>Ping %1 sent</source>
        <translation>已发送 ping %1</translation>
    </message>
    <message>
        <source>Pong for ping %1 after %2</source>
        <translation>ping %1 的 pong 在 %2 后到达</translation>
    </message>
    <message>
        <source>Late pong for ping %1 after %2</source>
        <translation>ping %1 的 pong 迟到，在 %2 后到达</translation>
    </message>
    <message>
        <source>Pong that answers none of our pings</source>
        <translation>未应答本端任何 ping 的 pong</translation>
    </message>
    <message>
        <source>No pong for ping %1 in time</source>
        <translation>ping %1 的 pong 未按时到达</translation>
    </message>
    <message>
        <source>Our pong waits for %1</source>
        <translation>本端的 pong 延迟 %1</translation>
    </message>
    <message>
        <source>Automatic pong is off: this ping stays unanswered</source>
        <translation>自动 pong 已关闭：此 ping 不作应答</translation>
    </message>
    <message>
        <source>Closed cleanly, %1</source>
        <translation>正常关闭，%1</translation>
    </message>
    <message>
        <source>Ended uncleanly, %1</source>
        <translation>异常结束，%1</translation>
    </message>
    <message>
        <source>Could not listen on %1</source>
        <translation>无法监听 %1</translation>
    </message>
    <message>
        <source>Listening on %1 (%2)</source>
        <translation>正在监听 %1（%2）</translation>
    </message>
    <message>
        <source>Stopped listening on %1 (%2)</source>
        <translation>已停止监听 %1（%2）</translation>
    </message>
    <message>
        <source>Not recorded: %1 records, %2 octets</source>
        <translation>未记录：%1 条记录，%2 字节</translation>
    </message>
    <message>
        <source>The program that wrote this capture ended before it closed the file; at most its last second is lost</source>
        <translation>写入此抓包文件的程序未关闭文件就已结束；最多丢失最后一秒的内容</translation>
    </message>
    <message>
        <source>%1 %2</source>
        <translation>%1 %2</translation>
    </message>
    <message>
        <source>continuation</source>
        <translation>延续</translation>
    </message>
    <message>
        <source>text</source>
        <translation>文本</translation>
    </message>
    <message>
        <source>binary</source>
        <translation>二进制</translation>
    </message>
    <message>
        <source>close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>ping</source>
        <translation>ping</translation>
    </message>
    <message>
        <source>pong</source>
        <translation>pong</translation>
    </message>
    <message>
        <source>reserved 0x%1</source>
        <translation>保留 0x%1</translation>
    </message>
    <message>
        <source>−%1</source>
        <translation>−%1</translation>
    </message>
    <message>
        <source>%1 ns</source>
        <translation>%1 ns</translation>
    </message>
    <message>
        <source>µs</source>
        <translation>µs</translation>
    </message>
    <message>
        <source>ms</source>
        <translation>ms</translation>
    </message>
    <message>
        <source>s</source>
        <translation>s</translation>
    </message>
    <message>
        <source>%1:%2 min</source>
        <translation>%1:%2 min</translation>
    </message>
    <message>
        <source>%1:%2 h</source>
        <translation>%1:%2 h</translation>
    </message>
    <message>
        <source>%1 KiB</source>
        <translation>%1 KiB</translation>
    </message>
    <message>
        <source>%1 MiB</source>
        <translation>%1 MiB</translation>
    </message>
    <message>
        <source>%1 GiB</source>
        <translation>%1 GiB</translation>
    </message>
    <message>
        <source>The head is larger than the limit</source>
        <translation>头部大小超出限制</translation>
    </message>
    <message>
        <source>The head has more lines than the limit</source>
        <translation>头部行数超出限制</translation>
    </message>
    <message>
        <source>The first line of the head cannot be read</source>
        <translation>无法读取头部的第一行</translation>
    </message>
    <message>
        <source>The HTTP version is not 1.1</source>
        <translation>HTTP 版本不是 1.1</translation>
    </message>
    <message>
        <source>A header line is malformed</source>
        <translation>头字段行格式错误</translation>
    </message>
    <message>
        <source>TCP ended inside the head</source>
        <translation>TCP 在头部中间结束</translation>
    </message>
    <message>
        <source>The method is not GET</source>
        <translation>方法不是 GET</translation>
    </message>
    <message>
        <source>No Host field</source>
        <translation>没有 Host 字段</translation>
    </message>
    <message>
        <source>No Upgrade field</source>
        <translation>没有 Upgrade 字段</translation>
    </message>
    <message>
        <source>Upgrade does not name websocket</source>
        <translation>Upgrade 未指明 websocket</translation>
    </message>
    <message>
        <source>No Connection field</source>
        <translation>没有 Connection 字段</translation>
    </message>
    <message>
        <source>Connection does not contain Upgrade</source>
        <translation>Connection 不包含 Upgrade</translation>
    </message>
    <message>
        <source>No Sec-WebSocket-Key field</source>
        <translation>没有 Sec-WebSocket-Key 字段</translation>
    </message>
    <message>
        <source>Sec-WebSocket-Key is not 16 octets in Base64</source>
        <translation>Sec-WebSocket-Key 不是 16 字节的 Base64</translation>
    </message>
    <message>
        <source>Sec-WebSocket-Key appears more than once</source>
        <translation>Sec-WebSocket-Key 出现多次</translation>
    </message>
    <message>
        <source>No Sec-WebSocket-Version field</source>
        <translation>没有 Sec-WebSocket-Version 字段</translation>
    </message>
    <message>
        <source>Sec-WebSocket-Version is not 13</source>
        <translation>Sec-WebSocket-Version 不是 13</translation>
    </message>
    <message>
        <source>The client sent octets before it had the answer</source>
        <translation>客户端在收到应答之前就发送了字节</translation>
    </message>
    <message>
        <source>The origin is not allowed</source>
        <translation>来源不被允许</translation>
    </message>
    <message>
        <source>The status is not 101</source>
        <translation>状态不是 101</translation>
    </message>
    <message>
        <source>No Sec-WebSocket-Accept field</source>
        <translation>没有 Sec-WebSocket-Accept 字段</translation>
    </message>
    <message>
        <source>Sec-WebSocket-Accept does not belong to the key</source>
        <translation>Sec-WebSocket-Accept 与 key 不符</translation>
    </message>
    <message>
        <source>Sec-WebSocket-Accept appears more than once</source>
        <translation>Sec-WebSocket-Accept 出现多次</translation>
    </message>
    <message>
        <source>A subprotocol that was not offered</source>
        <translation>出现未提供过的子协议</translation>
    </message>
    <message>
        <source>The subprotocol is not one of the offered</source>
        <translation>子协议不在所提供的之列</translation>
    </message>
    <message>
        <source>Sec-WebSocket-Protocol appears more than once</source>
        <translation>Sec-WebSocket-Protocol 出现多次</translation>
    </message>
    <message>
        <source>An extension that was not offered</source>
        <translation>出现未提供过的扩展</translation>
    </message>
    <message>
        <source>Sec-WebSocket-Extensions cannot be read</source>
        <translation>无法读取 Sec-WebSocket-Extensions</translation>
    </message>
    <message>
        <source>A reserved bit is set</source>
        <translation>保留位被置位</translation>
    </message>
    <message>
        <source>The opcode is reserved</source>
        <translation>操作码是保留的</translation>
    </message>
    <message>
        <source>A frame from the client is not masked</source>
        <translation>客户端的帧未加掩码</translation>
    </message>
    <message>
        <source>A frame from the server is masked</source>
        <translation>服务器的帧带有掩码</translation>
    </message>
    <message>
        <source>The length is not in its shortest form</source>
        <translation>长度未采用最短形式</translation>
    </message>
    <message>
        <source>The top bit of the 64-bit length is set</source>
        <translation>64 位长度的最高位被置位</translation>
    </message>
    <message>
        <source>A control frame without FIN</source>
        <translation>控制帧未设置 FIN</translation>
    </message>
    <message>
        <source>A control frame with more than 125 octets</source>
        <translation>控制帧超过 125 字节</translation>
    </message>
    <message>
        <source>A continuation without a message to continue</source>
        <translation>没有可延续的消息，却出现了延续帧</translation>
    </message>
    <message>
        <source>A new message inside a fragmented one</source>
        <translation>分片消息中间出现新消息</translation>
    </message>
    <message>
        <source>TCP ended inside a frame</source>
        <translation>TCP 在帧中间结束</translation>
    </message>
    <message>
        <source>Text that is not UTF-8</source>
        <translation>文本不是 UTF-8</translation>
    </message>
    <message>
        <source>A Close payload of one octet</source>
        <translation>关闭帧的载荷只有一个字节</translation>
    </message>
    <message>
        <source>A close code that may not be sent</source>
        <translation>不允许发送的关闭码</translation>
    </message>
    <message>
        <source>A close reason that is not UTF-8</source>
        <translation>关闭原因不是 UTF-8</translation>
    </message>
    <message>
        <source>Data after Close</source>
        <translation>关闭帧之后仍有数据</translation>
    </message>
    <message>
        <source>A frame larger than the limit</source>
        <translation>帧大小超出限制</translation>
    </message>
    <message>
        <source>A message larger than the limit</source>
        <translation>消息大小超出限制</translation>
    </message>
    <message>
        <source>A message of more fragments than the limit</source>
        <translation>消息的分片数超出限制</translation>
    </message>
    <message>
        <source>octets before the first line</source>
        <translation>第一行之前有字节</translation>
    </message>
    <message>
        <source>a line that ends with LF alone</source>
        <translation>某一行只以 LF 结束</translation>
    </message>
    <message>
        <source>CR without LF</source>
        <translation>CR 之后没有 LF</translation>
    </message>
    <message>
        <source>a folded line</source>
        <translation>折叠行</translation>
    </message>
    <message>
        <source>a space before the colon</source>
        <translation>冒号之前有空格</translation>
    </message>
    <message>
        <source>a line without a colon</source>
        <translation>某一行没有冒号</translation>
    </message>
    <message>
        <source>a field name with an octet that is not allowed</source>
        <translation>字段名中有不允许的字节</translation>
    </message>
    <message>
        <source>a control octet in a value</source>
        <translation>值中有控制字节</translation>
    </message>
    <message>
        <source>an empty field name</source>
        <translation>字段名为空</translation>
    </message>
    <message>
        <source>no space after the status code</source>
        <translation>状态码之后没有空格</translation>
    </message>
    <message>
        <source>a first line that cannot be read</source>
        <translation>无法读取第一行</translation>
    </message>
    <message>
        <source>a second status line</source>
        <translation>出现第二个状态行</translation>
    </message>
    <message>
        <source>opening</source>
        <translation>正在打开</translation>
    </message>
    <message>
        <source>open</source>
        <translation>已打开</translation>
    </message>
    <message>
        <source>close sent</source>
        <translation>已发送关闭帧</translation>
    </message>
    <message>
        <source>close received</source>
        <translation>已收到关闭帧</translation>
    </message>
    <message>
        <source>close done</source>
        <translation>关闭握手完成</translation>
    </message>
    <message>
        <source>closed</source>
        <translation>已关闭</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>handshake succeeded</source>
        <translation>握手成功</translation>
    </message>
    <message>
        <source>handshake failed</source>
        <translation>握手失败</translation>
    </message>
    <message>
        <source>Close frame sent</source>
        <translation>发送关闭帧</translation>
    </message>
    <message>
        <source>Close frame received</source>
        <translation>收到关闭帧</translation>
    </message>
    <message>
        <source>TCP ended</source>
        <translation>TCP 结束</translation>
    </message>
    <message>
        <source>failed by us</source>
        <translation>本端判定失败</translation>
    </message>
    <message>
        <source>The other side ended TCP (FIN)</source>
        <translation>对端结束了 TCP（FIN）</translation>
    </message>
    <message>
        <source>We half-closed TCP (FIN)</source>
        <translation>本端半关闭了 TCP（FIN）</translation>
    </message>
    <message>
        <source>The other side reset TCP (RST)</source>
        <translation>对端复位了 TCP（RST）</translation>
    </message>
    <message>
        <source>TCP failed</source>
        <translation>TCP 失败</translation>
    </message>
    <message>
        <source>TCP timed out</source>
        <translation>TCP 超时</translation>
    </message>
    <message>
        <source>We closed TCP</source>
        <translation>本端关闭了 TCP</translation>
    </message>
    <message>
        <source>We reset TCP (RST)</source>
        <translation>本端复位了 TCP（RST）</translation>
    </message>
    <message>
        <source>Name resolution</source>
        <translation>名称解析</translation>
    </message>
    <message>
        <source>TCP connect</source>
        <translation>TCP 连接</translation>
    </message>
    <message>
        <source>TLS handshake</source>
        <translation>TLS 握手</translation>
    </message>
    <message>
        <source>Upgrade</source>
        <translation>升级</translation>
    </message>
    <message>
        <source>started</source>
        <translation>已开始</translation>
    </message>
    <message>
        <source>succeeded</source>
        <translation>成功</translation>
    </message>
    <message>
        <source>timed out</source>
        <translation>超时</translation>
    </message>
    <message>
        <source>cancelled</source>
        <translation>已取消</translation>
    </message>
    <message>
        <source>There is no file %1.</source>
        <translation>没有文件 %1。</translation>
    </message>
    <message>
        <source>%1 is not a Frameglass capture.</source>
        <translation>%1 不是 Frameglass 抓包文件。</translation>
    </message>
    <message>
        <source>%1 was written by a newer version of Frameglass.</source>
        <translation>%1 由更新版本的 Frameglass 写入。</translation>
    </message>
    <message>
        <source>%1 is damaged and cannot be read.</source>
        <translation>%1 已损坏，无法读取。</translation>
    </message>
    <message>
        <source>%1 cannot be written.</source>
        <translation>无法写入 %1。</translation>
    </message>
    <message>
        <source>%1 is being written by another program.</source>
        <translation>%1 正由另一个程序写入。</translation>
    </message>
    <message>
        <source>There is no room left for %1.</source>
        <translation>没有剩余空间可写入 %1。</translation>
    </message>
    <message>
        <source>%1 could not be read or written.</source>
        <translation>无法读取或写入 %1。</translation>
    </message>
    <message>
        <source>Could not accept a connection on %1</source>
        <translation>无法在 %1 上接受连接</translation>
    </message>
    <message>
        <source>As many connections on %1 as are allowed at once: more of them wait</source>
        <translation>%1 上的连接已达同时允许的数量：更多连接需等待</translation>
    </message>
    <message>
        <source>A subprotocol that is offered more than once</source>
        <translation>同一子协议提供了多次</translation>
    </message>
    <message>
        <source>permessage-deflate is answered twice</source>
        <translation>permessage-deflate 被应答两次</translation>
    </message>
    <message>
        <source>An offer of permessage-deflate with an illegal parameter</source>
        <translation>permessage-deflate 的提议含非法参数</translation>
    </message>
    <message>
        <source>The answer to permessage-deflate has an illegal parameter</source>
        <translation>permessage-deflate 的应答含非法参数</translation>
    </message>
    <message>
        <source>The answer to permessage-deflate does not fit any offer</source>
        <translation>permessage-deflate 的应答不符合任何提议</translation>
    </message>
    <message>
        <source>RSV1 on a frame that does not begin a message</source>
        <translation>RSV1 出现在并非消息开头的帧上</translation>
    </message>
    <message>
        <source>A compressed message that cannot be inflated</source>
        <translation>无法解压的压缩消息</translation>
    </message>
    <message>
        <source>A message that inflates to more than the limit</source>
        <translation>解压后超过限制的消息</translation>
    </message>
    <message>
        <source>The other side does not read, and more waits for it than the limit</source>
        <translation>对方不读取，等待发给它的内容已超过限制</translation>
    </message>
    <message>
        <source>%1 → %2</source>
        <translation>%1 → %2</translation>
    </message>
    <message>
        <source> in %1</source>
        <translation>，耗时 %1</translation>
    </message>
    <message>
        <source>offered, but not agreed on</source>
        <translation>已提议，但未商定</translation>
    </message>
    <message>
        <source>%1 %2 (%3 s)</source>
        <translation>%1 %2（%3 s）</translation>
    </message>
    <message>
        <source>DNS %1 of %2 after %3</source>
        <translation>%2 的 DNS %1，用时 %3</translation>
    </message>
    <message>
        <source>Through the %1 proxy %2 to %3</source>
        <translation>经 %1 代理 %2 到 %3</translation>
    </message>
    <message>
        <source>The proxy answered %1</source>
        <translation>代理应答 %1</translation>
    </message>
    <message>
        <source>Proxy</source>
        <translation>代理</translation>
    </message>
    <message>
        <source>not judged</source>
        <translation>未判断</translation>
    </message>
    <message>
        <source>trusted</source>
        <translation>受信任</translation>
    </message>
    <message>
        <source>not trusted</source>
        <translation>不受信任</translation>
    </message>
    <message>
        <source>not trusted, connected anyway</source>
        <translation>不受信任，仍然连接</translation>
    </message>
    <message>
        <source>good</source>
        <translation>有效</translation>
    </message>
    <message>
        <source>revoked</source>
        <translation>已吊销</translation>
    </message>
    <message>
        <source>unknown to the responder</source>
        <translation>应答方不知道此证书</translation>
    </message>
    <message>
        <source>unreadable</source>
        <translation>无法读取</translation>
    </message>
    <message>
        <source>%1 cannot be opened: %2</source>
        <translation>无法打开 %1：%2</translation>
    </message>
    <message>
        <source>A server needs a certificate: choose a PEM or PKCS#12 file</source>
        <translation>服务器需要证书：请选择 PEM 或 PKCS#12 文件</translation>
    </message>
    <message>
        <source>%1 holds no certificate that can be read (PEM or PKCS#12)</source>
        <translation>%1 中没有可读取的证书（PEM 或 PKCS#12）</translation>
    </message>
    <message>
        <source>%1 holds no private key that can be read; name the file that does</source>
        <translation>%1 中没有可读取的私钥；请指定含有私钥的文件</translation>
    </message>
    <message>
        <source>The key in %1 needs its passphrase</source>
        <translation>%1 中的私钥需要口令</translation>
    </message>
    <message>
        <source>The passphrase does not open %1</source>
        <translation>该口令打不开 %1</translation>
    </message>
    <message>
        <source>The private key in %1 does not belong to the certificate</source>
        <translation>%1 中的私钥与证书不匹配</translation>
    </message>
    <message>
        <source>No cipher suite of the list is known: names are OpenSSL&apos;s, separated by &apos;:&apos;</source>
        <translation>列表中没有已知的密码套件：名称用 OpenSSL 的写法，以 &apos;:&apos; 分隔</translation>
    </message>
    <message>
        <source>No TLS version is left: the oldest allowed is newer than the newest, or the library was built without them</source>
        <translation>没有可用的 TLS 版本：允许的最旧版本比最新版本还新，或者库未包含这些版本</translation>
    </message>
    <message>
        <source>A name for ALPN has 1 to 255 octets</source>
        <translation>ALPN 的名称为 1 到 255 个八位字节</translation>
    </message>
    <message>
        <source>TLS cannot be set up: %1</source>
        <translation>无法设置 TLS：%1</translation>
    </message>
    <message>
        <source>TLS alert %1 (%2), fatal</source>
        <translation>TLS 警报 %1 (%2)，致命</translation>
    </message>
    <message>
        <source>TLS alert %1 (%2)</source>
        <translation>TLS 警报 %1 (%2)</translation>
    </message>
    <message>
        <source>What came is not TLS: %1</source>
        <translation>收到的不是 TLS：%1</translation>
    </message>
    <message>
        <source>session resumed</source>
        <translation>会话已恢复</translation>
    </message>
    <message>
        <source>certificate of %1: %2</source>
        <translation>%1 的证书：%2</translation>
    </message>
    <message>
        <source>Nothing was agreed on</source>
        <translation>未达成任何协商</translation>
    </message>
    <message>
        <source>%1, whatever its certificate</source>
        <translation>%1，无论其证书如何</translation>
    </message>
    <message>
        <source>The certificate of %1 expired on %2</source>
        <translation>%1 的证书已于 %2 过期</translation>
    </message>
    <message>
        <source>The certificate of %1 is not valid before %2</source>
        <translation>%1 的证书在 %2 之前无效</translation>
    </message>
    <message>
        <source>The certificate of %1 is for another name: it is for %2</source>
        <translation>%1 的证书属于另一个名称：它适用于 %2</translation>
    </message>
    <message>
        <source>The certificate of %1 is signed by itself, by no authority that is trusted</source>
        <translation>%1 的证书是自签名的，没有受信任的颁发机构</translation>
    </message>
    <message>
        <source>The chain ends at %1, an authority that is not trusted here</source>
        <translation>证书链终止于 %1，该颁发机构在这里不受信任</translation>
    </message>
    <message>
        <source>The issuer of %1 was not sent and is not trusted here: %2</source>
        <translation>%1 的颁发者没有发送，在这里也不受信任：%2</translation>
    </message>
    <message>
        <source>The certificate of %1 was revoked</source>
        <translation>%1 的证书已被吊销</translation>
    </message>
    <message>
        <source>The certificate of %1: %2</source>
        <translation>%1 的证书：%2</translation>
    </message>
    <message>
        <source>Install a renewed certificate on the server, and check this computer&apos;s clock.</source>
        <translation>在服务器上安装续期后的证书，并检查本机的时钟。</translation>
    </message>
    <message>
        <source>Check this computer&apos;s clock; else the certificate is for later.</source>
        <translation>检查本机的时钟；否则该证书是供以后使用的。</translation>
    </message>
    <message>
        <source>Connect by a name that is in the certificate, or give the server one for this name.</source>
        <translation>用证书中的名称连接，或为服务器配置此名称的证书。</translation>
    </message>
    <message>
        <source>If it is your own server, name its certificate as CA file in the options under TLS.</source>
        <translation>如果是您自己的服务器，请在选项的 TLS 中将其证书指定为 CA 文件。</translation>
    </message>
    <message>
        <source>If you trust this authority, name its certificate as CA file in the options under TLS.</source>
        <translation>如果您信任此颁发机构，请在选项的 TLS 中将其证书指定为 CA 文件。</translation>
    </message>
    <message>
        <source>Have the server send its intermediate certificates too, or name the authority as CA file in the options under TLS.</source>
        <translation>让服务器同时发送中间证书，或在选项的 TLS 中将颁发机构指定为 CA 文件。</translation>
    </message>
    <message>
        <source>Have the server send the intermediate certificate too (it is at %1), or name the authority as CA file in the options under TLS.</source>
        <translation>让服务器同时发送中间证书（位于 %1），或在选项的 TLS 中将颁发机构指定为 CA 文件。</translation>
    </message>
    <message>
        <source>Install another certificate on the server; its issuer withdrew this one.</source>
        <translation>在服务器上安装另一个证书；其颁发者撤回了这个证书。</translation>
    </message>
    <message>
        <source>not valid before %1</source>
        <translation>在 %1 之前无效</translation>
    </message>
    <message numerus="yes">
        <source>expired on %1, %n days before</source>
        <translation>
            <numerusform>已于 %1 过期，早了 %n 天</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>until %1, %n days left</source>
        <translation>
            <numerusform>至 %1，还剩 %n 天</numerusform>
        </translation>
    </message>
    <message>
        <source>TLS %1, %2</source>
        <translation>TLS %1，%2</translation>
    </message>
    <message>
        <source>TLS is spoken to a port without TLS</source>
        <translation>对不使用 TLS 的端口使用了 TLS</translation>
    </message>
    <message>
        <source>it has no Location</source>
        <translation>它没有 Location</translation>
    </message>
    <message>
        <source>its Location is no URL that can be connected to</source>
        <translation>它的 Location 不是可以连接的 URL</translation>
    </message>
    <message>
        <source>its Location has a scheme that is neither ws, wss, http nor https</source>
        <translation>它的 Location 的协议既不是 ws、wss，也不是 http、https</translation>
    </message>
    <message>
        <source>it leads back to a URL that was tried before: a loop</source>
        <translation>它指回已尝试过的 URL：循环</translation>
    </message>
    <message>
        <source>it would be one more than allowed</source>
        <translation>它会超出允许的次数</translation>
    </message>
</context>
</TS>
