using FaissSdk.Generator;

return GeneratorCommand.Run(args, Console.Out, Console.Error);
